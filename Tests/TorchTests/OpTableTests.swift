import Foundation
import LoRWeBTorch
import Testing

@Suite("Operator table")
struct OpTableTests {
  @Test("Every operator is in this libtorch and declared as when this was written")
  func schemas() throws {
    let written = try Answers.lines("op-schemas.txt")
    let found = Op.allCases.map { $0.schema ?? "\($0.name) is missing" }
    #expect(written.count == Op.allCases.count)
    let changed = zip(written, found).filter { $0 != $1 }.map { "\($0)\n  is now: \($1)" }
    #expect(changed.isEmpty, "libtorch \(torchVersion) changed \(changed.count) operators:\n\(changed.joined(separator: "\n"))")
  }

  @Test("Every entry of the table is in `Op.allCases`, once, in order")
  func complete() throws {
    let table = try Answers.source("Sources/Torch/OpTable.swift")
    let names = Self.entries(in: table).map { "aten::\($0.operator)" }
    #expect(names.count > 90)
    #expect(names == Op.allCases.map(\.name))
    #expect(Set(names).count == names.count)
  }

  /// By name and labels, as far as text can tell: overloads for numbers and tensors look alike.
  @Test("Every entry of the table has a wrapper that product code calls, so no operator is there for nothing")
  func used() throws {
    let files = try Self.sources()
    let table = try #require(files["Torch/OpTable.swift"])
    let wrappers = files.filter { $0.key.hasPrefix("Torch/Tensor+") }.values.flatMap(Self.wrappers)
    let product = files.filter { $0.key != "Torch/OpTable.swift" }.values.joined(separator: "\n")
    let entries = Self.entries(in: table).map(\.name)
    let reached = Set(try wrappers.filter { try $0.isCalled(in: product) }.flatMap(\.operators))
    // What matmul is for a batch; the check of devices is tested on it.
    #expect(entries.filter { !reached.contains($0) } == ["bmm"])
  }

  @Test("A wrapper that is only declared isn't called, nor is one by another's labels")
  func calls() throws {
    let source = """
      public func joined(_ other: Tensor, along dimension: Int, by step: Int = 1) -> Tensor { Op.join(.tensor(other)) }
      public static func .< (a: Tensor, b: Tensor) -> Tensor { Op.less(.tensor(a)) }
      """
    let (joined, less) = (Self.wrappers(in: source)[0], Self.wrappers(in: source)[1])
    #expect(joined.operators == ["join"] && less.operators == ["less"])
    for (code, isCalled) in [(source, false), ("x.joined(separator: y)", false), ("x.joined(y, along: 1)", true)] {
      #expect(try joined.isCalled(in: code) == isCalled, "\(code)")
    }
    #expect(try !less.isCalled(in: source) && less.isCalled(in: "x .< y"))
  }

  /// A function of `Tensor+….swift` and the operators it calls.
  private struct Wrapper {
    let name: String
    /// Those that a call can't leave out.
    let labels: [String]
    let operators: [String]

    /// Whether code other than its own declaration has a call that looks like one of it.
    func isCalled(in code: String) throws -> Bool {
      let isSymbol = name.allSatisfy { !$0.isLetter }
      let word = isSymbol ? NSRegularExpression.escapedPattern(for: name) + " " : "\\b\(name)\\("
      let pattern = "(?<!func )(?<!Op\\.)" + word + labels.map { "[\\s\\S]{0,120}?\\b\($0):" }.joined()
      return code.range(of: pattern, options: .regularExpression) != nil
    }
  }

  /// The cases of the table, and what each is called in the dispatcher.
  private static func entries(in table: String) -> [(name: String, operator: String)] {
    table.split(separator: "\n").filter { $0.hasPrefix("  case ") }.flatMap { $0.dropFirst(7).split(separator: ", ") }.map {
      entry in
      let parts = entry.split(separator: " = ").map { $0.filter { $0 != "`" && $0 != "\"" } }
      return (parts[0], parts[parts.count - 1])
    }
  }

  /// All of `Sources` without comments, by path.
  private static func sources() throws -> [String: String] {
    let folder = Answers.repository.appending(path: "Sources").path
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
    return Dictionary(
      uniqueKeysWithValues: try names.map { name in
        (name, try Answers.source("Sources/\(name)").replacing(#///.*/#, with: ""))
      })
  }

  private static func wrappers(in source: String) -> [Wrapper] {
    source.split(separator: "func ").dropFirst().compactMap { text in
      guard let head = text.firstMatch(of: #/^(\w+|[^\w\s(]+)\s*(?:<[^>]*>)?\(((?:[^()]|\([^()]*\))*)\)/#) else { return nil }
      let labels = head.2.matches(of: #/(\w+)(?: \w+)?: ([^,]+)/#).filter { $0.1 != "_" && !$0.2.contains("=") }
      let isSymbol = head.1.allSatisfy { !$0.isLetter }
      return Wrapper(
        name: String(head.1), labels: isSymbol ? [] : labels.map { String($0.1) },
        operators: text.matches(of: #/Op\.`?(\w+)/#).map { String($0.1) })
    }
  }
}
