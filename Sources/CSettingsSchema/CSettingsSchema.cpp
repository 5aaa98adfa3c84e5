/* SPDX-License-Identifier: Apache-2.0 */
#include "CSettingsSchema.h"

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

/* More findings than anybody reads at once. */
constexpr int maximum_finding_count = 16;

void report(const std::string &message, char *text, size_t text_size) {
    std::snprintf(text, text_size, "%s", message.c_str());
}

int unusable(const std::string &reason, char *text, size_t text_size) {
    report(reason, text, text_size);
    return TALLY_SCHEMA_UNUSABLE;
}

/* "<root>", "[limits]", "[0]" as settings/limits/0. */
std::string place(const std::vector<std::string> &context) {
    std::string path = "settings";
    for (const std::string &step : context) {
        if (step.size() < 2 || step.front() != '[') continue;
        path += '/';
        path += step.substr(1, step.size() - 2);
    }
    return path;
}

/* valijson reports a fault once where it is, and once more for each level above. */
bool is_echo(const std::string &description) {
    return description.rfind("Failed to validate item", 0) == 0 ||
           description.rfind("Failed to validate against schema associated with", 0) == 0;
}

int check(const char *schema_text, size_t schema_size, const char *settings_text,
          size_t settings_size, char *text, size_t text_size) {
    auto schema_value = nlohmann::json::parse(schema_text, schema_text + schema_size);
    auto settings = nlohmann::json::parse(settings_text, settings_text + settings_size);
    if (!schema_value.is_object()) return unusable("not an object", text, text_size);

    valijson::Schema schema;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(Adapter(schema_value), schema);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema, Adapter(settings), &results)) return TALLY_SCHEMA_FITS;

    std::string findings;
    int count = 0;
    valijson::ValidationResults::Error error;
    while (count < maximum_finding_count && results.popError(error)) {
        if (is_echo(error.description)) continue;
        if (count++ > 0) findings += '\n';
        findings += place(error.context) + ": " + error.description;
    }
    report(findings, text, text_size);
    return TALLY_SCHEMA_DIFFERS;
}

} // namespace

extern "C" int tally_check_settings(const char *schema, size_t schema_size, const char *settings,
                                    size_t settings_size, char *text, size_t text_size) {
    /* Nothing may be thrown into Swift. */
    try {
        return check(schema, schema_size, settings, settings_size, text, text_size);
    } catch (const std::exception &error) {
        return unusable(error.what(), text, text_size);
    } catch (...) {
        return unusable("it could not be read", text, text_size);
    }
}
