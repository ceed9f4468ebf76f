import LoRWeBModels
import LoRWeBTorch

/// A source in another layout: its tensors under a model's names, cut into rows, joined and reordered as rules say.
///
/// Names that no rule takes keep their own, so that strict loading reports them; a tensor of which rows are left over is reported
/// by its own name too.
public struct RenamedSource: WeightSource {
  let base: any WeightSource
  /// By the model's name, without stars.
  private let rules: [String: RenamingRule]
  /// The model's names, in the base's order.
  public let names: [String]?
  private let dealing = Dealing()

  /// - Parameters:
  ///   - prefix: what the source's names begin with, which the rules leave out.
  ///   - ignoring: the source's names to leave out, such as a full CLIP file's other tower.
  /// - Throws: `CheckpointError` if two rules make one name.
  public init(
    _ base: any WeightSource, rules: [RenamingRule], prefix: String = "", ignoring isIgnored: (String) -> Bool = { _ in false }
  ) throws {
    var concrete: [String: RenamingRule] = [:]
    var names: [String] = []
    var used: [String: Double] = [:]
    func add(_ rule: RenamingRule) throws {
      if concrete.updateValue(rule, forKey: rule.name) != nil { throw CheckpointError.duplicateName(base.location, rule.name) }
      names.append(rule.name)
      for rows in rule.pieces { used[rows.name, default: 0] += rows.share }
    }
    let found = (base.names ?? []).filter { !isIgnored($0) }
    for name in found {
      for rule in rules.compactMap({ $0.concrete(for: name, behind: prefix) }) { try add(rule) }
    }
    for name in found where used[name, default: 0] < 0.999 { try add(RenamingRule(name, from: name)) }
    (self.base, self.rules, self.names) = (base, concrete, names)
  }

  public func releasePages() {
    dealing.end()
    base.releasePages()
  }
  public var location: String { base.location }

  /// Sizes of a tensor by its model's name; nil if there is none, a piece is missing or the pieces don't fit together.
  public func shape(of name: String) -> [Int]? {
    guard let rule = rules[name] else { return nil }
    var (rows, rest): (Int, ArraySlice<Int>?) = (0, nil)
    for piece in rule.pieces {
      guard let shape = base.shape(of: piece.name) else { return nil }
      if rule.pieces.count == 1, piece.count == 1 { return rule.shape(from: shape) }
      guard let first = shape.first, let part = piece.rows(of: first), rest ?? shape.dropFirst() == shape.dropFirst()
      else { return nil }
      (rows, rest) = (rows + part.count, shape.dropFirst())
    }
    return rest.map { rule.shape(from: [rows] + $0) }
  }

  /// A tensor by its model's name: a view of the base's where its rows lie together, else a new one.
  /// - Throws: `CheckpointError.noSuchTensor`, or what the base throws.
  public func tensor(_ request: WeightRequest) throws -> Tensor {
    guard let rule = rules[request.name], let shape = shape(of: request.name) else {
      throw CheckpointError.noSuchTensor(location, request.name)
    }
    guard shape == request.shape else {
      throw ModelError.wrongShape(name: request.name, location: location, expected: request.shape, found: shape)
    }
    let parts = try rule.pieces.map { piece in
      let whole = base.shape(of: piece.name) ?? []
      let asked = WeightRequest(name: piece.name, shape: whole, initial: request.initial)
      guard piece.count > 1, let rows = piece.rows(of: whole.first ?? 0) else { return try base.tensor(asked) }
      return try dealing.tensor(for: piece) { try base.tensor(asked) }.narrowed(0, from: rows.lowerBound, count: rows.count)
    }
    let tensor = parts.count == 1 ? parts[0] : concatenated(parts, along: 0)
    return rule.axes == .kept ? tensor : tensor.reshaped(shape)
  }
}

/// The tensor whose rows were cut last, until all of them are handed out: what is dequantised while it is read isn't read again
/// for each of q, k and v.
private final class Dealing {
  private var last: (name: String, tensor: Tensor, left: Double)?

  func tensor(for rows: RenamingRule.Rows, read: () throws -> Tensor) rethrows -> Tensor {
    let kept = last?.name == rows.name ? last : nil
    let tensor = try kept?.tensor ?? read()
    let left = (kept?.left ?? 1) - rows.share
    last = left < 0.001 ? nil : (rows.name, tensor, left)
    return tensor
  }

  func end() { last = nil }
}

extension RenamingRule.Rows {
  /// Of the tensor's rows.
  fileprivate var share: Double { Double(part.count) / Double(max(count, 1)) }
}
