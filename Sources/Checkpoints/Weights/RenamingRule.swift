/// Where one of a model's tensors lies in a source that names, joins or orders rows otherwise.
///
/// Data, not code: a layout is a list of rules. `*` in a name stands for one number or word between dots, `**` at its end for all
/// that follows; the same in all names of a rule.
///
/// ```swift
/// RenamingRule("blocks.*.to_k.weight", [Rows("layers.*.qkv.weight", 1..<2, of: 3)])        // the middle third
/// RenamingRule("out.weight", [Rows("final.weight", 1..<2, of: 2), Rows("final.weight", 0..<1, of: 2)])   // swapped halves
/// ```
public struct RenamingRule: Sendable, Equatable {
  /// Rows of one of the source's tensors: those from `part.lowerBound` to `part.upperBound` when its rows are dealt into `count`
  /// equal parts.
  public struct Rows: Sendable, Equatable {
    public let name: String
    public let part: Range<Int>
    public let count: Int

    /// - Parameter part: within 0 ..< count.
    public init(_ name: String, _ part: Range<Int> = 0..<1, of count: Int = 1) {
      (self.name, self.part, self.count) = (name, part, count)
    }

    /// Of a tensor with that many rows; nil if they can't be dealt so.
    func rows(of total: Int) -> Range<Int>? {
      guard count > 0, total.isMultiple(of: count), part.lowerBound >= 0, part.upperBound <= count else { return nil }
      let share = total / count
      return part.lowerBound * share..<part.upperBound * share
    }
  }

  public let name: String
  /// What its rows are, from the first to the last.
  public let pieces: [Rows]
  public let axes: Axes

  /// What becomes of a weight's axes.
  public enum Axes: Sendable {
    case kept
    /// A 1×1 convolution's [out, in, 1, 1] become a linear's [out, in].
    case linear
    /// The other way.
    case convolution
  }

  public init(_ name: String, _ pieces: [Rows], axes: Axes = .kept) {
    (self.name, self.pieces, self.axes) = (name, pieces, axes)
  }

  /// A tensor under another name.
  public init(_ name: String, from other: String, axes: Axes = .kept) { self.init(name, [Rows(other)], axes: axes) }

  /// A shape as the model has it.
  func shape(from shape: [Int]) -> [Int] {
    switch axes {
    case .kept: shape
    case .linear: shape.dropFirst(2).allSatisfy { $0 == 1 } ? Array(shape.prefix(2)) : shape
    case .convolution: shape.count == 2 ? shape + [1, 1] : shape
    }
  }

  /// The rule for one of the source's names that its first piece matches: stars replaced. nil if it doesn't match.
  /// - Parameter prefix: begins all of the source's names.
  package func concrete(for found: String, behind prefix: String) -> RenamingRule? {
    guard let first = pieces.first, found.hasPrefix(prefix),
      let words = Self.words(of: String(found.dropFirst(prefix.count)), matching: first.name)
    else { return nil }
    return RenamingRule(
      Self.filled(name, with: words),
      pieces.map { Rows(prefix + Self.filled($0.name, with: words), $0.part, of: $0.count) }, axes: axes)
  }

  /// The rules back, by which a source under the model's names has the tensors that these rules read.
  ///
  /// Each rule's pieces must be rows of one tensor, and all rules together take all of its rows.
  static func inverse(of rules: [RenamingRule]) -> [RenamingRule] {
    var (pieces, names): ([String: [(first: Int, rows: Rows)]], [String]) = ([:], [])
    var axes: [String: Axes] = [:]
    for rule in rules {
      let total = rule.pieces.reduce(0) { $0 + $1.part.count }
      var start = 0
      for piece in rule.pieces {
        let end = start + piece.part.count
        if pieces[piece.name] == nil { names.append(piece.name) }
        let rows = rule.pieces.count == 1 ? Rows(rule.name) : Rows(rule.name, start..<end, of: total)
        pieces[piece.name, default: []].append((piece.part.lowerBound, rows))
        axes[piece.name] = rule.axes == .linear ? .convolution : rule.axes == .convolution ? .linear : .kept
        start = end
      }
    }
    return names.map { name in
      RenamingRule(name, (pieces[name] ?? []).sorted { $0.first < $1.first }.map(\.rows), axes: axes[name] ?? .kept)
    }
  }

  /// What stands for the stars; nil if the name doesn't match.
  static func words(of name: String, matching pattern: String) -> [Substring]? {
    // Most rules are not for a name, which its beginning tells.
    guard name.utf8.starts(with: pattern.utf8.prefix { $0 != UInt8(ascii: "*") }) else { return nil }
    var (parts, wanted) = (name.split(separator: "."), pattern.split(separator: "."))
    if wanted.last == "**", parts.count >= wanted.count {
      let rest = parts[wanted.count - 1].startIndex
      parts = parts.prefix(wanted.count - 1) + [name[rest...]]
      wanted[wanted.count - 1] = "*"
    }
    guard parts.count == wanted.count else { return nil }
    var words: [Substring] = []
    for (part, want) in zip(parts, wanted) {
      if want == "*" { words.append(part) } else if part != want { return nil }
    }
    return words
  }

  private static func filled(_ pattern: String, with words: [Substring]) -> String {
    var left = words[...]
    return pattern.split(separator: ".").map { $0 == "*" || $0 == "**" ? left.popFirst() ?? $0 : $0 }.joined(separator: ".")
  }
}
