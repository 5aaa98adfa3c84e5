// SPDX-License-Identifier: Apache-2.0

@main
struct Tally {
    static func main() {}
}
