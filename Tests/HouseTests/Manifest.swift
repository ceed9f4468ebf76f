import Foundation

/// The targets of a manifest and what each depends on, read from its text.
struct Manifest {
  /// Module name → names it depends on; test targets are left out.
  var dependencies: [String: Set<String>] = [:]

  /// A product whose module has another name.
  private static let moduleOfProduct = ["ctorch": "CLoRWeBTorch"]

  init(source: String) {
    // Only the package's own value: the functions above it hold names with interpolations.
    let package = source.range(of: "let package = Package(")
    let text = String(source[(package?.upperBound ?? source.startIndex)...]).replacing(/\/\/[^\n]*/, with: "")
    for (call, prefix) in [("room(", "LoRWeB"), (".target(", ""), (".executableTarget(", "")] {
      for arguments in Self.arguments(of: call, in: text) {
        guard let name = arguments.firstMatch(of: /"([^"\\]+)"/)?.1 else { continue }
        let list = Self.arguments(of: "[", in: arguments, closing: "]").first ?? ""
        let dependsOn = list.replacing(/package:\s*"[^"]*"/, with: "").matches(of: /"([^"\\]+)"/).map { String($0.1) }
        // Targets without a dependency list begin with another bracket, such as settings; those always follow `path:`.
        let hasList = !(arguments.split(separator: "[").first?.contains("path:") ?? false)
        dependencies[prefix + name] = hasList ? Set(dependsOn.map { Self.moduleOfProduct[$0] ?? $0 }) : []
      }
    }
  }

  /// The text between a call's parentheses, for each call; nested brackets of the same kind are kept whole.
  static func arguments(of call: String, in text: String, closing: Character = ")") -> [String] {
    guard let opening = call.last else { return [] }
    return text.ranges(of: call).compactMap { range in
      if let before = text[..<range.lowerBound].last, call.first?.isLetter == true, before.isLetter || before == "." {
        return nil
      }
      var depth = 1
      for index in text[range.upperBound...].indices {
        if text[index] == opening { depth += 1 }
        if text[index] == closing { depth -= 1 }
        if depth == 0 { return String(text[range.upperBound..<index]) }
      }
      return nil
    }
  }

  /// Where manifest and table say different things.
  func differences(from table: ArrowTable) -> [String] {
    var found: [String] = []
    for (module, names) in dependencies.sorted(by: { $0.key < $1.key }) {
      guard let room = table.rooms.first(where: { $0.module == module }) else {
        found.append("\(module) is a target but no room of the table")
        continue
      }
      found += names.subtracting(room.imports).sorted().map { "\(module) depends on \($0), which the table does not allow" }
      found += room.imports.subtracting(names).sorted().map {
        "the table lets \(module) import \($0), which the manifest does not"
      }
    }
    return found
  }
}
