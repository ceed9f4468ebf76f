import Foundation

/// Rules a single file can break, each a function from text to complaints.
enum TextRules {
  static let longestFile = 350

  static func tooLong(path: String, text: String) -> [String] {
    let count = text.split(separator: "\n", omittingEmptySubsequences: false).count - (text.hasSuffix("\n") ? 1 : 0)
    return count > longestFile ? ["\(path): \(count) lines, more than \(longestFile)"] : []
  }

  /// Calls that trap or print, in a library room. `allowed` names those this file may have, each once.
  static func forbiddenCalls(path: String, text: String, allowed: [String] = []) -> [String] {
    let forbidden = ["fatalError(", "preconditionFailure(", "precondition(", "try!", "as!", "print("]
    var permits = allowed
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { number, line in
      guard forbidden.contains(where: line.contains) else { return [String]() }  // the patterns below are slow
      let code = codeOnly(String(line))
      return forbidden.filter { call in
        guard standsAlone(call, in: code) else { return false }
        guard let permit = permits.firstIndex(of: call) else { return true }
        permits.remove(at: permit)
        return false
      }.map { "\(path):\(number + 1): \($0) has no place in a library" }
    }
  }

  /// Dictionaries that end the process where a key comes twice. `allowed` counts those of keys that code makes, not files or users.
  static func trappingDictionaries(path: String, text: String, allowed: Int = 0) -> [String] {
    let count = text.split(separator: "\n").count { codeOnly(String($0)).contains("uniqueKeysWithValues") }
    return count == allowed ? [] : ["\(path): \(count) uses of uniqueKeysWithValues, \(allowed) of them allowed"]
  }

  /// Files opened without a word to `FileOpenings`. `allowed` counts those nobody wants to hear of, such as what a run wrote itself.
  static func untoldOpenings(path: String, text: String, allowed: Int = 0) -> [String] {
    let opened = code(text, holding: ["contentsOf", "FileHandle", "O_RDONLY"]).reduce(0) {
      $0 + $1.matches(of: /Data\(contentsOf|String\(contentsOf|FileHandle\(forReading|\bopen\(.*O_RDONLY/).count
    }
    let told = code(text, holding: ["FileOpenings.report("]).count
    return opened == told + allowed
      ? [] : ["\(path): opens files in \(opened) places and tells of \(told); \(allowed) untold ones are allowed"]
  }

  /// Files and places of files, in a room that is handed what it needs.
  static func files(path: String, text: String) -> [String] {
    let words = ["contentsOfFile", "Data(contentsOf", "String(contentsOf", "FileHandle", "FileManager", "O_RDONLY", "URL"]
    return code(text, holding: words).map { "\(path): knows files: \($0)" }
  }

  /// Flags of the command line in a library's sentences. `allowed` is how many of them are known.
  static func flags(path: String, text: String, allowed: Int = 0) -> [String] {
    let found = text.split(separator: "\n").count { line in
      line.contains("--") && !line.drop { $0 == " " }.hasPrefix("//") && line.contains(/"(?:[^"]*[ (])?--[a-z][a-z-]+/)
    }
    return found <= allowed ? [] : ["\(path): \(found) sentences with a flag of the command line, \(allowed) of them known"]
  }

  /// The lines that hold one of these in code.
  private static func code(_ text: String, holding words: [String]) -> [String] {
    text.split(separator: "\n").filter { line in words.contains(where: line.contains) }  // the pattern of `codeOnly` is slow
      .map { codeOnly(String($0)) }.filter { line in words.contains(where: line.contains) }
  }

  /// A line without its string literals and without its comment.
  static func codeOnly(_ line: String) -> String {
    line.replacing(/"(?:\\.|[^"\\])*"/, with: "").replacing(/\/\/.*/, with: "")
  }

  /// Whether the call occurs as a word of its own: `print(` but not `fingerprint(`, `.print(` or `debugPrint(`.
  private static func standsAlone(_ call: String, in code: String) -> Bool {
    code.ranges(of: call).contains { range in
      guard let before = code[..<range.lowerBound].last else { return true }
      return !(before.isLetter || before.isNumber || before == "_" || before == ".")
    }
  }

  /// Paths of a maker's machine and hosts of package registries; spelt in two parts so that this file holds none.
  static func machinePaths(path: String, text: String) -> [String] {
    let folders = ["work", "root", "opt", "home", "Users"].map { "/" + $0 + "/" }
    let hosts = ["pypi" + ".org", "python" + "hosted.org", "registry" + ".npmjs", "deb" + ".debian.org"]
    return (folders + hosts).compactMap { needle in
      text.ranges(of: needle).contains { range in
        // `path/work/…` inside a longer relative path is no machine path; only one that starts here is.
        guard needle.hasPrefix("/"), let before = text[..<range.lowerBound].last else { return true }
        return !(before.isLetter || before.isNumber || "._-~*}$)".contains(before))
      } ? "\(path): names \(needle)" : nil
    }
  }
}
