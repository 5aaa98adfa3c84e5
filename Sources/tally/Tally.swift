// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Manifest

/// The root of the command line.
struct Tally: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally",
        abstract: "Live-broadcast signaling: streams, viewers, comments, over WebSocket.",
        discussion: """
            A broadcaster starts and stops live streams; viewers see the state, the count and \
            every comment, in order, whichever worker process they landed on.

            TRY IT
              tally serve --demo                    open http://127.0.0.1:8000/
              tally stream start show --title Hi    in a second terminal, same folder
              tally watch show                      comments, state and counts, live
              tally say show "Hello"
              tally stream stop show
              tally status                          the processes behind it

            WHERE COMMANDS GO
            To --url, else TALLY_URL, else to the Tally that serves from the data folder, else to \
            ws://127.0.0.1:8000/connection/websocket. The data folder is --data, else \
            TALLY_DATA, else ./data.

            WHO THEY ARE
            --token, else TALLY_TOKEN; else a token of their own, signed with --secret-file, else \
            TALLY_TOKEN_SECRET, else the data folder's token.secret; else nobody, who may watch.

            EXIT STATUS
               0  done (watch: ended by Ctrl-C)    71  the system refused
               1  the server refused               73  the data folder cannot be used
              64  wrong usage                      74  the disk failed
              65  damaged data                     75  refused for now: try again later
              66  a file is missing                77  no token, or one that may not
              69  no server, or it went away       78  wrong configuration
              70  a fault of Tally's own          130  ended by Ctrl-C
            """,
        version: TallyVersion.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Serving",
                subcommands: [
                    ServeCommand.self, StatusCommand.self, ReloadCommand.self, UpgradeCommand.self,
                    PluginCommand.self,
                ]
            ),
            CommandGroup(
                name: "Streams",
                subcommands: [
                    StreamCommand.self, WatchCommand.self, SayCommand.self, UserCommand.self,
                ]
            ),
            CommandGroup(
                name: "Tools",
                subcommands: [
                    TokenCommand.self, RPCCommand.self, JournalCommand.self, BenchCommand.self,
                    EchoCommand.self,
                ]
            ),
        ]
    )
}
