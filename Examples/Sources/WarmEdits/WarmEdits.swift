import Foundation
import LoRWeB

/// `WarmEdits A A2 C C2 B`: edits b as a was edited, then as c was, with one editor, and tells how long each took.
///
/// The second edit finds the model's parts in memory, and what b looks like to the autoencoder.
@main
struct WarmEdits {
  static func main() async {
    let paths = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
    guard paths.count == 5 else {
      print("usage: WarmEdits A A2 C C2 B")
      exit(2)
    }
    do {
      let pictures = try paths.map { try Picture(contentsOf: $0) }
      let editor = try AnalogyEditor()
      let first = try await seconds(editor, AnalogyEdit(a: pictures[0], aPrime: pictures[1], b: pictures[4]))
      let sinceStart = secondsSinceStart()
      let second = try await seconds(editor, AnalogyEdit(a: pictures[2], aPrime: pictures[3], b: pictures[4]))
      print(String(format: "first edit %.3f s, %.3f s after the process began; second edit %.3f s", first, sinceStart, second))
    } catch {
      print(error.localizedDescription)
      exit(1)
    }
  }

  private static func seconds(_ editor: AnalogyEditor, _ edit: AnalogyEdit) async throws -> Double {
    let began = ContinuousClock.now
    _ = try await editor.edit(edit)
    return (ContinuousClock.now - began) / .seconds(1)
  }

  /// Since the kernel started this process, loading of libraries included (Linux only; elsewhere 0).
  private static func secondsSinceStart() -> Double {
    guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let uptime = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8).split(separator: " ").first,
      let now = Double(uptime), let fields = stat.split(separator: ")").last?.split(separator: " "), fields.count > 19,
      let ticks = Double(fields[19])
    else { return 0 }
    return now - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
