/* SPDX-License-Identifier: Apache-2.0 */

#include "CPluginTemplates.h"

/* One #embed a file, which the build follows like an #include, and a line in the table below. A test
 * compares the table with the folders, so that no file is forgotten. */
#pragma clang diagnostic ignored "-Wc23-extensions"

static const uint8_t file_c_makefile_txt[] = {
#embed "Templates/c/Makefile.txt"
};
static const uint8_t file_c_readme_md[] = {
#embed "Templates/c/README.md"
};
static const uint8_t file_c_gitignore[] = {
#embed "Templates/c/gitignore"
};
static const uint8_t file_c_plugin_c_txt[] = {
#embed "Templates/c/plugin.c.txt"
};
static const uint8_t file_c_test_c_txt[] = {
#embed "Templates/c/test.c.txt"
};
static const uint8_t file_exports_map[] = {
#embed "../../Plugins/exports.map"
};
static const uint8_t file_manifest_txt[] = {
#embed "Templates/manifest.txt"
};
static const uint8_t file_swift_export_swift_txt[] = {
#embed "Templates/swift/Export.swift.txt"
};
static const uint8_t file_swift_package_swift_txt[] = {
#embed "Templates/swift/Package.swift.txt"
};
static const uint8_t file_swift_plugin_swift_txt[] = {
#embed "Templates/swift/Plugin.swift.txt"
};
static const uint8_t file_swift_readme_md[] = {
#embed "Templates/swift/README.md"
};
static const uint8_t file_swift_tests_swift_txt[] = {
#embed "Templates/swift/Tests.swift.txt"
};
static const uint8_t file_swift_gitignore[] = {
#embed "Templates/swift/gitignore"
};
static const uint8_t file_vendored_package_swift_txt[] = {
#embed "Templates/vendored/Package.swift.txt"
};
static const uint8_t file_cjansson_module_modulemap[] = {
#embed "../CJansson/module.modulemap"
};
static const uint8_t file_cjansson_shim_h[] = {
#embed "../CJansson/shim.h"
};
static const uint8_t file_ctallyplugin_ctallyplugin_c[] = {
#embed "../CTallyPlugin/CTallyPlugin.c"
};
static const uint8_t file_ctallyplugin_include_tally_plugin_h[] = {
#embed "../CTallyPlugin/include/tally_plugin.h"
};
static const uint8_t file_ctallyplugintesting_include_tally_plugin_test_h[] = {
#embed "../CTallyPluginTesting/include/tally_plugin_test.h"
};
static const uint8_t file_tallyplugin_calls_call_swift[] = {
#embed "../TallyPlugin/Calls/Call.swift"
};
static const uint8_t file_tallyplugin_calls_contents_swift[] = {
#embed "../TallyPlugin/Calls/Contents.swift"
};
static const uint8_t file_tallyplugin_calls_events_swift[] = {
#embed "../TallyPlugin/Calls/Events.swift"
};
static const uint8_t file_tallyplugin_calls_http_swift[] = {
#embed "../TallyPlugin/Calls/HTTP.swift"
};
static const uint8_t file_tallyplugin_decidinghooks_swift[] = {
#embed "../TallyPlugin/DecidingHooks.swift"
};
static const uint8_t file_tallyplugin_host_host_call_swift[] = {
#embed "../TallyPlugin/Host/Host+Call.swift"
};
static const uint8_t file_tallyplugin_host_host_offloop_swift[] = {
#embed "../TallyPlugin/Host/Host+OffLoop.swift"
};
static const uint8_t file_tallyplugin_host_host_timers_swift[] = {
#embed "../TallyPlugin/Host/Host+Timers.swift"
};
static const uint8_t file_tallyplugin_host_host_swift[] = {
#embed "../TallyPlugin/Host/Host.swift"
};
static const uint8_t file_tallyplugin_host_hostcore_swift[] = {
#embed "../TallyPlugin/Host/HostCore.swift"
};
static const uint8_t file_tallyplugin_host_hosterror_swift[] = {
#embed "../TallyPlugin/Host/HostError.swift"
};
static const uint8_t file_tallyplugin_host_store_swift[] = {
#embed "../TallyPlugin/Host/Store.swift"
};
static const uint8_t file_tallyplugin_instance_answering_swift[] = {
#embed "../TallyPlugin/Instance/Answering.swift"
};
static const uint8_t file_tallyplugin_instance_callcontent_swift[] = {
#embed "../TallyPlugin/Instance/CallContent.swift"
};
static const uint8_t file_tallyplugin_instance_descriptor_hooks_swift[] = {
#embed "../TallyPlugin/Instance/Descriptor+Hooks.swift"
};
static const uint8_t file_tallyplugin_instance_descriptortable_swift[] = {
#embed "../TallyPlugin/Instance/DescriptorTable.swift"
};
static const uint8_t file_tallyplugin_instance_eventcontent_swift[] = {
#embed "../TallyPlugin/Instance/EventContent.swift"
};
static const uint8_t file_tallyplugin_instance_handler_swift[] = {
#embed "../TallyPlugin/Instance/Handler.swift"
};
static const uint8_t file_tallyplugin_instance_handlers_swift[] = {
#embed "../TallyPlugin/Instance/Handlers.swift"
};
static const uint8_t file_tallyplugin_instance_instance_swift[] = {
#embed "../TallyPlugin/Instance/Instance.swift"
};
static const uint8_t file_tallyplugin_json_json_jansson_swift[] = {
#embed "../TallyPlugin/JSON/JSON+Jansson.swift"
};
static const uint8_t file_tallyplugin_json_json_swift[] = {
#embed "../TallyPlugin/JSON/JSON.swift"
};
static const uint8_t file_tallyplugin_json_jsoncontainers_swift[] = {
#embed "../TallyPlugin/JSON/JSONContainers.swift"
};
static const uint8_t file_tallyplugin_json_jsondecoder_swift[] = {
#embed "../TallyPlugin/JSON/JSONDecoder.swift"
};
static const uint8_t file_tallyplugin_loop_swift[] = {
#embed "../TallyPlugin/Loop.swift"
};
static const uint8_t file_tallyplugin_loopexecutor_swift[] = {
#embed "../TallyPlugin/LoopExecutor.swift"
};
static const uint8_t file_tallyplugin_notificationhooks_swift[] = {
#embed "../TallyPlugin/NotificationHooks.swift"
};
static const uint8_t file_tallyplugin_plugin_swift[] = {
#embed "../TallyPlugin/Plugin.swift"
};
static const uint8_t file_tallyplugin_verdict_swift[] = {
#embed "../TallyPlugin/Verdict.swift"
};
static const uint8_t file_tallyplugintesting_testanswer_swift[] = {
#embed "../TallyPluginTesting/TestAnswer.swift"
};
static const uint8_t file_tallyplugintesting_testcallbuilder_swift[] = {
#embed "../TallyPluginTesting/TestCallBuilder.swift"
};
static const uint8_t file_tallyplugintesting_testhook_swift[] = {
#embed "../TallyPluginTesting/TestHook.swift"
};
static const uint8_t file_tallyplugintesting_testhost_swift[] = {
#embed "../TallyPluginTesting/TestHost.swift"
};
static const uint8_t file_tallyplugintesting_testloop_swift[] = {
#embed "../TallyPluginTesting/TestLoop.swift"
};
static const uint8_t file_tallyplugintesting_testrecord_swift[] = {
#embed "../TallyPluginTesting/TestRecord.swift"
};
static const uint8_t file_tallyplugintesting_teststore_swift[] = {
#embed "../TallyPluginTesting/TestStore.swift"
};
static const uint8_t file_tallyplugintesting_testtable_swift[] = {
#embed "../TallyPluginTesting/TestTable.swift"
};
static const uint8_t file_tallyplugintesting_testtimers_swift[] = {
#embed "../TallyPluginTesting/TestTimers.swift"
};
static const uint8_t file_tallyplugintesting_testworker_swift[] = {
#embed "../TallyPluginTesting/TestWorker.swift"
};

#define FILE(path, name) {path, name, sizeof name}

static const tally_template templates[] = {
    FILE("c/Makefile.txt", file_c_makefile_txt),
    FILE("c/README.md", file_c_readme_md),
    FILE("c/gitignore", file_c_gitignore),
    FILE("c/plugin.c.txt", file_c_plugin_c_txt),
    FILE("c/test.c.txt", file_c_test_c_txt),
    FILE("exports.map", file_exports_map),
    FILE("manifest.txt", file_manifest_txt),
    FILE("swift/Export.swift.txt", file_swift_export_swift_txt),
    FILE("swift/Package.swift.txt", file_swift_package_swift_txt),
    FILE("swift/Plugin.swift.txt", file_swift_plugin_swift_txt),
    FILE("swift/README.md", file_swift_readme_md),
    FILE("swift/Tests.swift.txt", file_swift_tests_swift_txt),
    FILE("swift/gitignore", file_swift_gitignore),
    FILE("vendored/Package.swift.txt", file_vendored_package_swift_txt),
    FILE("CJansson/module.modulemap", file_cjansson_module_modulemap),
    FILE("CJansson/shim.h", file_cjansson_shim_h),
    FILE("CTallyPlugin/CTallyPlugin.c", file_ctallyplugin_ctallyplugin_c),
    FILE("CTallyPlugin/include/tally_plugin.h", file_ctallyplugin_include_tally_plugin_h),
    FILE("CTallyPluginTesting/include/tally_plugin_test.h", file_ctallyplugintesting_include_tally_plugin_test_h),
    FILE("TallyPlugin/Calls/Call.swift", file_tallyplugin_calls_call_swift),
    FILE("TallyPlugin/Calls/Contents.swift", file_tallyplugin_calls_contents_swift),
    FILE("TallyPlugin/Calls/Events.swift", file_tallyplugin_calls_events_swift),
    FILE("TallyPlugin/Calls/HTTP.swift", file_tallyplugin_calls_http_swift),
    FILE("TallyPlugin/DecidingHooks.swift", file_tallyplugin_decidinghooks_swift),
    FILE("TallyPlugin/Host/Host+Call.swift", file_tallyplugin_host_host_call_swift),
    FILE("TallyPlugin/Host/Host+OffLoop.swift", file_tallyplugin_host_host_offloop_swift),
    FILE("TallyPlugin/Host/Host+Timers.swift", file_tallyplugin_host_host_timers_swift),
    FILE("TallyPlugin/Host/Host.swift", file_tallyplugin_host_host_swift),
    FILE("TallyPlugin/Host/HostCore.swift", file_tallyplugin_host_hostcore_swift),
    FILE("TallyPlugin/Host/HostError.swift", file_tallyplugin_host_hosterror_swift),
    FILE("TallyPlugin/Host/Store.swift", file_tallyplugin_host_store_swift),
    FILE("TallyPlugin/Instance/Answering.swift", file_tallyplugin_instance_answering_swift),
    FILE("TallyPlugin/Instance/CallContent.swift", file_tallyplugin_instance_callcontent_swift),
    FILE("TallyPlugin/Instance/Descriptor+Hooks.swift", file_tallyplugin_instance_descriptor_hooks_swift),
    FILE("TallyPlugin/Instance/DescriptorTable.swift", file_tallyplugin_instance_descriptortable_swift),
    FILE("TallyPlugin/Instance/EventContent.swift", file_tallyplugin_instance_eventcontent_swift),
    FILE("TallyPlugin/Instance/Handler.swift", file_tallyplugin_instance_handler_swift),
    FILE("TallyPlugin/Instance/Handlers.swift", file_tallyplugin_instance_handlers_swift),
    FILE("TallyPlugin/Instance/Instance.swift", file_tallyplugin_instance_instance_swift),
    FILE("TallyPlugin/JSON/JSON+Jansson.swift", file_tallyplugin_json_json_jansson_swift),
    FILE("TallyPlugin/JSON/JSON.swift", file_tallyplugin_json_json_swift),
    FILE("TallyPlugin/JSON/JSONContainers.swift", file_tallyplugin_json_jsoncontainers_swift),
    FILE("TallyPlugin/JSON/JSONDecoder.swift", file_tallyplugin_json_jsondecoder_swift),
    FILE("TallyPlugin/Loop.swift", file_tallyplugin_loop_swift),
    FILE("TallyPlugin/LoopExecutor.swift", file_tallyplugin_loopexecutor_swift),
    FILE("TallyPlugin/NotificationHooks.swift", file_tallyplugin_notificationhooks_swift),
    FILE("TallyPlugin/Plugin.swift", file_tallyplugin_plugin_swift),
    FILE("TallyPlugin/Verdict.swift", file_tallyplugin_verdict_swift),
    FILE("TallyPluginTesting/TestAnswer.swift", file_tallyplugintesting_testanswer_swift),
    FILE("TallyPluginTesting/TestCallBuilder.swift", file_tallyplugintesting_testcallbuilder_swift),
    FILE("TallyPluginTesting/TestHook.swift", file_tallyplugintesting_testhook_swift),
    FILE("TallyPluginTesting/TestHost.swift", file_tallyplugintesting_testhost_swift),
    FILE("TallyPluginTesting/TestLoop.swift", file_tallyplugintesting_testloop_swift),
    FILE("TallyPluginTesting/TestRecord.swift", file_tallyplugintesting_testrecord_swift),
    FILE("TallyPluginTesting/TestStore.swift", file_tallyplugintesting_teststore_swift),
    FILE("TallyPluginTesting/TestTable.swift", file_tallyplugintesting_testtable_swift),
    FILE("TallyPluginTesting/TestTimers.swift", file_tallyplugintesting_testtimers_swift),
    FILE("TallyPluginTesting/TestWorker.swift", file_tallyplugintesting_testworker_swift),
};

const tally_template *tally_template_at(size_t index) {
    return index < sizeof templates / sizeof *templates ? &templates[index] : NULL;
}
