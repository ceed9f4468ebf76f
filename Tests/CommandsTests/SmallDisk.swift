import Foundation
import Testing

#if os(Linux)
/// A disk of a few pages that one run of the tool alone sees, in a mount namespace of its own.
struct SmallDisk {
  let url: URL
  let bytes: Int

  init(at url: URL, bytes: Int) {
    self.url = url
    self.bytes = bytes
  }

  /// Whether this process may mount: as root, outside most containers.
  static let isPossible: Bool = {
    let run = try? Tool.run(executable: unshare, ["-m", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"])
    return run?.status == 0
  }()

  private static let unshare = URL(filePath: "/usr/bin/unshare")

  /// A copy of what was on the disk after the run, without limit.
  var left: URL { URL(filePath: url.path + ".left") }

  /// Runs the tool with the disk mounted, an old file on it, and says what is on it then.
  func run(_ arguments: [String], keeping name: String) throws -> (tool: Tool.Run, files: [String], kept: String) {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    let script = """
      disk=$1; old=$2; shift 2
      mount -t tmpfs -o size=\(bytes) tmpfs "$disk" && printf old > "$disk/$old" || exit 99
      "$@" > "$disk.output"; status=$?
      ls -A "$disk" > "$disk.files"; cat "$disk/$old" > "$disk.kept"; cp -a "$disk" "$disk.left"
      exit $status
      """
    let run = try Tool.run(
      executable: Self.unshare, ["-m", "sh", "-c", script, "sh", url.path, name, try Tool.url().path] + arguments)
    func text(_ suffix: String) throws -> String { try String(contentsOfFile: url.path + suffix, encoding: .utf8) }
    #expect(run.status != 99, "\(run.errors)")
    return (
      Tool.Run(status: run.status, output: try text(".output"), errors: run.errors),
      try text(".files").split(separator: "\n").map(String.init), try text(".kept")
    )
  }
}
#endif
