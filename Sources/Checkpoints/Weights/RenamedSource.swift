import LoRWeBModels
import LoRWeBTorch

/// A source in another layout: its tensors under a model's names, cut into rows, joined and reordered as rules say.
///
/// Names that no rule takes keep their own, so that strict loading reports them; a tensor of which rows are left over is reported
/// by its own name too.
public struct RenamedSource: WeightSource {
  private let base: any WeightSource
  /// By the model's name.
  private let pieces: [String: [RenamingRule.Rows]]
  /// The model's names, in the base's order.
  public let names: [String]?

  /// - Parameter ignoring: the source's names to leave out, such as a full CLIP file's other tower.
  /// - Throws: `CheckpointError` if two rules make one name.
  public init(_ base: any WeightSource, rules: [RenamingRule], ignoring isIgnored: (String) -> Bool = { _ in false }) throws {
    var pieces: [String: [RenamingRule.Rows]] = [:]
    var names: [String] = []
    var used: [String: Double] = [:]
    func add(_ name: String, _ rows: [RenamingRule.Rows]) throws {
      if pieces.updateValue(rows, forKey: name) != nil { throw CheckpointError.duplicateName(base.location, name) }
      names.append(name)
      for row in rows { used[row.name, default: 0] += Double(row.part.count) / Double(max(row.count, 1)) }
    }
    let found = (base.names ?? []).filter { !isIgnored($0) }
    for name in found {
      for rule in rules.compactMap({ $0.concrete(for: name) }) { try add(rule.name, rule.pieces) }
    }
    for name in found where used[name, default: 0] < 0.999 { try add(name, [RenamingRule.Rows(name)]) }
    (self.base, self.pieces, self.names) = (base, pieces, names)
  }

  public func releasePages() { base.releasePages() }
  public var location: String { base.location }

  /// Sizes of a tensor by its model's name; nil if there is none, a piece is missing or the pieces don't fit together.
  public func shape(of name: String) -> [Int]? {
    guard let pieces = pieces[name] else { return nil }
    var (rows, rest): (Int, ArraySlice<Int>?) = (0, nil)
    for piece in pieces {
      guard let shape = base.shape(of: piece.name) else { return nil }
      if pieces.count == 1, piece.count == 1 { return shape }
      guard let first = shape.first, let part = piece.rows(of: first), rest ?? shape.dropFirst() == shape.dropFirst()
      else { return nil }
      (rows, rest) = (rows + part.count, shape.dropFirst())
    }
    return rest.map { [rows] + $0 }
  }

  /// A tensor by its model's name: a view of the base's where its rows lie together, else a new one.
  /// - Throws: `CheckpointError.noSuchTensor`, or what the base throws.
  public func tensor(_ request: WeightRequest) throws -> Tensor {
    guard let pieces = pieces[request.name], let shape = shape(of: request.name) else {
      throw CheckpointError.noSuchTensor(location, request.name)
    }
    guard shape == request.shape else {
      throw ModelError.wrongShape(name: request.name, location: location, expected: request.shape, found: shape)
    }
    let parts = try pieces.map { piece in
      let whole = base.shape(of: piece.name) ?? []
      let tensor = try base.tensor(WeightRequest(name: piece.name, shape: whole, initial: request.initial))
      guard piece.count > 1, let rows = piece.rows(of: whole.first ?? 0) else { return tensor }
      return tensor.narrowed(0, from: rows.lowerBound, count: rows.count)
    }
    return parts.count == 1 ? parts[0] : concatenated(parts, along: 0)
  }
}
