/* SPDX-License-Identifier: Apache-2.0 */
#include "tally_plugin_test.h"

int main(void) {
    tally_test *test = tally_test_start("{\"greeting\": \"Hi\"}");

    EXPECT(tally_test_comment(test, "hello") == TALLY_ALLOW);
    EXPECT(json_array_size(test->sent) == 0);

    EXPECT(tally_test_comment(test, "!hello") == TALLY_REJECT);
    EXPECT(test->code == 1000);
    EXPECT(strcmp(test->message, "greeted") == 0);
    const json_t *sent = json_object_get(json_array_get(test->sent, 0), "data");
    EXPECT(strcmp(json_string_value(json_object_get(sent, "text")), "Hi") == 0);
    EXPECT(strcmp(json_string_value(json_object_get(sent, "name")), "Ana") == 0);
    EXPECT(json_integer_value(json_object_get(test->figures, "greeted")) == 1);

    return tally_test_stop(test);
}
