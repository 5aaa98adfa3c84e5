/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally_plugin.h: what a plugin and Tally say to each other. ABI 1.0, C11.
 *
 * A plugin is one shared library with one exported function, `tally_plugin`. Each worker process
 * loads it (RTLD_NOW | RTLD_LOCAL) and makes one instance of it; a node with four workers has four
 * instances that share nothing but what they keep with `call` "store.*". A library is never unloaded:
 * a new version comes in with new worker processes.
 *
 * Threads. A worker has one thread that does everything: the LOOP. Every function below says where it
 * may be called or is called:
 *   [loop]  on the loop, inside a call that Tally made. It must not block: while it runs nobody on
 *           this worker is served, and after `supervisor.heartbeat_timeout` the worker is killed and
 *           the death is put down to the plugin.
 *   [any]   on any thread of the process, at any time between `create` and the end of `destroy`.
 *   [pool]  on a thread of Tally's own, one job of this plugin at a time or several.
 * A call from the wrong thread is refused with TALLY_WRONG_THREAD.
 *
 * JSON crosses as Jansson values. Borrowed means: valid until the function returns; take json_incref
 * or json_deep_copy to keep it. Never change a borrowed value: other plugins see the same one.
 * Given means: the receiver owns the reference from then on and the giver must not touch it.
 *
 * Text is UTF-8 and ends with NUL, is never NULL unless said so, and is borrowed unless said otherwise.
 *
 * Growing. Every struct starts with its size in bytes as its writer knew it. Later minor versions add
 * members at the end and nothing else; who reads a struct must not look beyond `struct_size`. Tally
 * refuses a plugin of another major version, of a later minor version than its own, and a struct that
 * is smaller than ABI 1.0's or larger than the version it names.
 */
#ifndef TALLY_PLUGIN_H
#define TALLY_PLUGIN_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TALLY_PLUGIN_ABI_MAJOR 1
#define TALLY_PLUGIN_ABI_MINOR 0

#define TALLY_PLUGIN_EXPORT __attribute__((visibility("default")))

/* ---------------------------------------------------------------- verdicts */

/* What a hook answers. */
typedef int32_t tally_verdict;
enum {
    /* Go on unchanged. From a notification: seen. */
    TALLY_ALLOW = 0,
    /* Go on with `answer->data` in the place of what was asked; what that means is each hook's. */
    TALLY_REPLACE = 1,
    /* Refuse with `answer->code` and `answer->message`. */
    TALLY_REJECT = 2,
    /* The answer comes later, once, through `answer` of the host and `call->ticket`. */
    TALLY_PENDING = 3
};

/* What a host function answers. */
typedef int32_t tally_status;
enum {
    TALLY_OK = 0,
    /* Only on the loop. Nothing was done. */
    TALLY_WRONG_THREAD = 1,
    /* NULL where a value is needed, text that is no UTF-8, a number out of range. Nothing was done. */
    TALLY_BAD_ARGUMENT = 2,
    /* No such session, subscription, ticket or timer, or no more. Nothing was done. */
    TALLY_NOT_FOUND = 3,
    /* A named limit is reached (docs/plugins-reference.md has the table). Nothing was done. */
    TALLY_LIMIT = 4,
    /* The instance is being destroyed. Nothing was done. */
    TALLY_CLOSED = 5
};

typedef int32_t tally_log_level;
enum { TALLY_DEBUG = 0, TALLY_INFO = 1, TALLY_WARNING = 2, TALLY_ERROR = 3 };

/* What a client may do on the call's channel; the bits of `tally_call.permissions`. */
enum {
    TALLY_MAY_SUBSCRIBE = 1 << 0,
    TALLY_MAY_PUBLISH = 1 << 1,
    TALLY_MAY_READ_HISTORY = 1 << 2,
    TALLY_MAY_READ_PRESENCE = 1 << 3,
    TALLY_MAY_CONTROL = 1 << 4,
    TALLY_MAY_MODERATE = 1 << 5
};

/* ---------------------------------------------------------------- a call */

/* One HTTP request under /plugins/<plugin>/. Borrowed with its call. */
typedef struct tally_http_request {
    uint32_t struct_size;
    uint32_t reserved;
    /* "GET", "POST", ... as it was sent. */
    const char *method;
    /* The path after /plugins/<plugin>, percent-decoded; starts with "/". */
    const char *path;
    /* What follows "?", as it was sent; empty when there is none. */
    const char *query;
    /* Names in lower case → value; several fields of one name are joined by ", ". */
    const json_t *headers;
    /* Not ended by NUL. At most `http.maximum_body` bytes of the manifest. */
    const uint8_t *body;
    size_t body_length;
} tally_http_request;

/* One call of a hook. Borrowed, with all that it points to. */
typedef struct tally_call {
    uint32_t struct_size;
    uint32_t reserved;
    /* Names this call until it is answered; never 0, never used again by this process. */
    uint64_t ticket;
    /* The client's connection on this worker; 0 where no client is concerned. */
    uint64_t session;
    /* Unix milliseconds. */
    int64_t time;
    /* Unix milliseconds after which the manifest's `on_timeout` answers for a pending call. */
    int64_t deadline;
    /* The client's user id; empty: anonymous or no client. */
    const char *user;
    /* The client id that other clients see; empty: no client. */
    const char *client;
    /* The profile's name; empty when there is none. */
    const char *name;
    /* The client's address without its port; empty: no client. */
    const char *address;
    /* The token's `info`; NULL when there is none. */
    const json_t *info;
    /* Empty where no channel is concerned. */
    const char *channel;
    /* The stream of a `live:` channel; else empty. */
    const char *stream;
    /* TALLY_MAY_... on `channel`. */
    uint32_t permissions;
    uint32_t reserved2;
    /* What the hook is about; see each. Never NULL: an empty object where there is nothing to say. */
    const json_t *data;
    /* For the `http` hook; else NULL. */
    const tally_http_request *http;
} tally_call;

/* A hook's answer, made by Tally, empty, filled in by the plugin. An answer that cannot be carried out (a
 * verdict or code that is none, data that is no object, more than 1 MiB) counts as none: the manifest's
 * `on_timeout` answers, and Tally's log says why. */
typedef struct tally_answer {
    /* Filled in by Tally for a hook, by the plugin (`sizeof`) for `answer` of the host. */
    uint32_t struct_size;
    /* With TALLY_REJECT: 1000..1999, or 405 for "rejected by a plugin"; 0 counts as 405. */
    int32_t code;
    /* With TALLY_REJECT: for the client, at most 255 bytes. NULL counts as empty. Copied on return. */
    const char *message;
    /* With TALLY_REPLACE: given. NULL counts as an empty object. Ignored, and let go, otherwise. */
    json_t *data;
    /* The rest is for the `http` hook with TALLY_REPLACE. 200..599; 0 counts as 200. */
    int32_t http_status;
    uint32_t reserved;
    /* NULL counts as "application/json". Copied on return. */
    const char *http_content_type;
    /* Object of further header fields, name → text, but for those that frame the message. Given; may be
     * NULL. */
    json_t *http_headers;
    /* Copied on return. NULL: the body is `data` as JSON text. */
    const uint8_t *http_body;
    size_t http_body_length;
} tally_answer;

/* ---------------------------------------------------------------- the host */

typedef struct tally_host tally_host;

/* [loop] What became of a `call`. `error` is 0, or an error code as clients see it (docs/protocol.md)
 * with its text in `message`; `result` is borrowed, NULL on error. Called exactly once for each `call`
 * that answered TALLY_OK, never before that `call` has returned. */
typedef void (*tally_done)(void *context, int32_t error, const char *message, const json_t *result);

/* What Tally does for a plugin. Valid from `create` to the end of `destroy`; the first argument of
 * each function is the host that `create` was given. */
struct tally_host {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;

    /* [any] Writes a line to Tally's log, marked with the plugin's name. At most 4,096 bytes of
     * message; fields: borrowed, may be NULL, an object of texts and numbers. Never log a token or what
     * a user wrote. More than 100 lines a second of one instance are dropped and counted. */
    tally_status (*log)(tally_host *host, tally_log_level level, const char *message,
                        const json_t *fields);

    /* [loop] The manifest's `settings`, checked against the plugin's schema. Borrowed until `destroy`
     * ends. An empty object where the manifest has none. */
    const json_t *(*settings)(tally_host *host);

    /* [any] This worker's number from 0, and how many this node has; 0 of 0 in the process in which
     * plugins are tried before any worker gets them (`tally plugin check`). */
    uint32_t (*worker_index)(tally_host *host);
    uint32_t (*worker_count)(tally_host *host);

    /* [any] Answers a pending call. `answer`: as a hook fills it in; may be NULL for TALLY_ALLOW. Its
     * given values are the host's whatever is returned, unless its struct_size is wrong. On the loop: TALLY_NOT_FOUND for a ticket that
     * is unknown, another plugin's, answered or too late. On another thread TALLY_OK says that the answer
     * is on its way; one that comes too late is dropped and counted. */
    tally_status (*answer)(tally_host *host, uint64_t ticket, tally_verdict verdict,
                           const tally_answer *answer);

    /* [any] Calls `function(argument)` on the loop, soon, in the order of the requests of one thread.
     * TALLY_LIMIT when 4,096 wait. Every accepted request is carried out before `destroy`. */
    tally_status (*run_on_loop)(tally_host *host, void (*function)(void *argument), void *argument);

    /* [loop] Calls `work(argument)` on a thread of Tally's [pool], then `done(argument)` on the loop. For
     * what blocks or computes for long. TALLY_LIMIT when 1,024 of this plugin wait or run. `done` may be
     * NULL. Every accepted job is carried out before `destroy`. */
    tally_status (*run_off_loop)(tally_host *host, void (*work)(void *argument),
                                 void (*done)(void *argument), void *argument);

    /* [loop] Calls `function(argument)` on the loop after `after_ms`, and then every `every_ms` unless
     * that is 0. 1..86,400,000 ms. `timer` gets a number that is never 0. At most 1,024 at a time. */
    tally_status (*start_timer)(tally_host *host, uint64_t after_ms, uint64_t every_ms,
                                void (*function)(void *argument), void *argument, uint64_t *timer);

    /* [loop] Ends a timer; its function is not called any more. */
    tally_status (*cancel_timer)(tally_host *host, uint64_t timer);

    /* [loop] Asks the node for something in the plugin's name, with every right; no hook is called for it. `parameters`: borrowed,
     * an object, may be NULL for none. `done`: may be NULL. Answered when it is journaled, as a
     * client would be. TALLY_LIMIT when 4,096 of this plugin wait.
     *
     *   method            parameters → result
     *   live.start        stream, title?, meta?, keep?, idempotency_key? → snapshot.
     *                     keep (default true here): it lives on when this worker ends.
     *   live.update       stream, title?, meta? → snapshot
     *   live.stop         stream, reason?, generation? → snapshot with totals
     *   live.interrupt    stream, generation? → snapshot: its media is gone, the grace period starts
     *   live.resume       stream, generation? → snapshot: its media is back
     *   live.get          stream → snapshot
     *   live.list         state?, cursor?, limit? → page of snapshots
     *   live.mode         stream, slow_seconds? → snapshot
     *   live.cue          stream, name, data? → offset, epoch: event `cue` for every viewer, in history
     *   comment.send      stream, text, name?, idempotency_key? → id, offset, epoch, time
     *   comment.delete    stream, id → {}
     *   user.timeout      stream, user, seconds, reason? → {}
     *   user.ban          stream, user, reason? → {}
     *   user.unban        stream, user, reason? → {}
     *   user.disconnect   user, reason? → {}: every connection of the user, on every worker
     *   channel.publish   channel (a feed), data → offset?, epoch?
     *   store.get         key → value, version; value null and version 0 where there is none
     *   store.set         key, value, version? → version. With `version`: only if that is the stored
     *                     one (0: none is stored), else error 1001
     *   store.delete      key, version? → {}
     *   store.list        prefix?, after?, limit? → keys, more
     *
     * The store is the plugin's own, one for all workers of the node, in the hub's journal. Keys: 1..255
     * bytes of printable ASCII without blanks. Values: JSON of at most 64 KiB. At most 10,000 keys and
     * 4 MiB a plugin. */
    tally_status (*call)(tally_host *host, const char *method, const json_t *parameters,
                         tally_done done, void *context);

    /* [loop] Sends `data` (borrowed) to one client of this worker as a `message` push. */
    tally_status (*send)(tally_host *host, uint64_t session, const json_t *data);

    /* [loop] Closes a client's connection with a code of docs/protocol.md (3000..3999) or of the
     * plugin's own (4000..4499: the client comes back; 4500..4999: it does not). `reason`: at most
     * 32 bytes of ASCII. */
    tally_status (*disconnect)(tally_host *host, uint64_t session, uint16_t code,
                               const char *reason);

    /* [loop] Ends a client's subscription; it is told so (2000). */
    tally_status (*unsubscribe)(tally_host *host, uint64_t session, const char *channel);

    /* [any] Adds to a counter, sets a gauge, of the plugin's own; `tally plugin list` shows them. Names:
     * 1..40 bytes of [a-z0-9_]. At most 32 names. */
    tally_status (*add_to_counter)(tally_host *host, const char *name, uint64_t count);
    tally_status (*set_gauge)(tally_host *host, const char *name, int64_t value);

    /* [any] An ability that this header does not have, by its name ("vendor.thing/1"); NULL: not here.
     * What is returned is valid as long as the host. */
    const void *(*get_extension)(tally_host *host, const char *name);
};

/* ---------------------------------------------------------------- the plugin */

/* [loop] A hook. `plugin`: what `create` returned. */
typedef tally_verdict (*tally_hook)(void *plugin, const tally_call *call, tally_answer *answer);

/* What `tally_plugin` returns: valid as long as the process. A hook that is NULL is not called and
 * costs nothing.
 *
 * Deciding hooks run in the worker of the client concerned, one plugin after another in the order of the
 * manifests' `order`; each sees what those before it replaced, and the first that rejects ends it. While
 * one is pending, others go on, but what the same user asks of the same channel waits its turn. A
 * pending call that is not answered by its deadline is answered by the manifest's `on_timeout`.
 *
 * Notifications decide nothing. TALLY_ALLOW says: seen. A plugin that has more to do answers
 * TALLY_PENDING, and later TALLY_ALLOW through the ticket; until then a notification that happens once
 * per node is kept by the hub and told to another worker should this one die. So it may come
 * twice, with the same `data.id`: it is there to see that. */
typedef struct tally_plugin_descriptor {
    uint32_t struct_size;
    uint16_t abi_major;
    uint16_t abi_minor;
    /* The name under which manifests know it: [a-z][a-z0-9-]{0,31}. */
    const char *name;
    /* Of the plugin, for people: at most 64 bytes. */
    const char *version;
    /* A sentence on what it does: at most 255 bytes. */
    const char *summary;
    /* JSON Schema (draft 7) of its settings as JSON text; NULL: it takes none. */
    const char *settings_schema;

    /* [loop] Makes the instance of this worker, before any client is served. It may use the host. NULL
     * means failure, with a text of at most `error_size` bytes, NUL included, in `error`; the worker is then
     * not started, and a reload is called off. */
    void *(*create)(tally_host *host, char *error, size_t error_size);

    /* [loop] Ends the instance when its worker ends in order. Before it, pending calls are answered by the
     * manifest, timers end, and requests, calls and jobs are carried out; nothing but the log, the numbers
     * and the settings is there any more (TALLY_CLOSED). It must end its threads before it returns. All
     * that has `stop_timeout` of the manifest: when jobs do not end in it, `destroy` is not called, and a
     * `destroy` that does not end in it is the plugin's death. A worker that is killed calls nothing. May
     * be NULL. */
    void (*destroy)(void *plugin);

    /* [loop] For `tally plugin check`, in a process of its own, after `create`: 0 is well, anything else is
     * not, with a text in `error`. It may take seconds. May be NULL. */
    int32_t (*self_test)(void *plugin, char *error, size_t error_size);

    /* ------------------------------------------------ hooks that decide */

    /* A client connects, after its token was checked. data: {"data"?: what it sent, "token": whether it
     * had one, "caps": of the token}. Replace: {"user"?, "info"?, "caps"?, "data"?, "channels"?}: who it
     * is, what it may do, what the connect reply's `data` says, what it is subscribed to. */
    tally_hook connect;
    /* A client subscribes, after its rights were checked. data: {"data"?, "recover": bool}. Replace:
     * {"data"?}: the subscribe reply's `data`. */
    tally_hook subscribe;
    /* A broadcaster starts a stream. data: {"title"?, "meta"?}. Replace: {"title"?, "meta"?}. */
    tally_hook live_start;
    /* A broadcaster stops a stream. data: {"reason"?, "generation"?}. Replace: {"reason"?}. */
    tally_hook live_stop;
    /* A broadcaster changes a stream's title or meta. As `live_start`. */
    tally_hook live_update;
    /* A comment, before the stream's own rules. data: {"text", "reply_to"?}. Replace: {"text"}. */
    tally_hook comment;
    /* A publication to a feed. data: {"data": what is published}. Replace: {"data"}. */
    tally_hook publish;
    /* A client calls a method "<plugin>.<method>" of this plugin. data: {"method": without the plugin's
     * name, "data"?}. Replace: the result is `answer->data`. Allow: the result is {}. Where the method's data
     * names a `stream`, or else a `channel`, the call's `channel`, `stream` and `permissions` are about it:
     * who may call what is the plugin's to decide. */
    tally_hook rpc;
    /* An HTTP request under /plugins/<plugin>/; see `call->http`. data: {}. Replace: the response. Allow:
     * 204 without a body. Reject: 403 with {"code", "message"}. */
    tally_hook http;

    /* ------------------------------------------------ notifications, on the client's worker */

    /* data: {"recovered"?: bool} */
    tally_hook subscribed;
    /* data: {"code"}: as in the unsubscribe push, 0 when the client asked or left. */
    tally_hook unsubscribed;
    /* data: {"code"}: of the close frame; 1006 when there was none. */
    tally_hook disconnected;
    /* A comment was acknowledged. data: {"id", "text", "offset", "epoch", "time"}. */
    tally_hook commented;

    /* ------------------------------------------------ notifications, once per node */

    /* data: {"id", "event": "live.started" | "live.updated" | "live.resumed", "snapshot"} */
    tally_hook started;
    /* data: {"id", "event": "live.interrupted" | "live.stopped", "reason"?, "snapshot"} */
    tally_hook stopped;
    /* At most once a second a stream, when changed; newest only, never kept. data: {"viewers",
     * "unique_viewers", "peak_viewers"}. */
    tally_hook viewers;

    /* ------------------------------------------------ notification, on every worker */

    /* Once a second. data: {}. Its verdict is ignored. */
    tally_hook tick;

    /* [any] As the host's, the other way round. May be NULL. */
    const void *(*get_extension)(const char *name);
} tally_plugin_descriptor;

/* The one symbol that a plugin exports. Called once per process, before anything else. NULL means that
 * it cannot run here. */
TALLY_PLUGIN_EXPORT const tally_plugin_descriptor *tally_plugin(void);

#ifdef __cplusplus
}
#endif
#endif
