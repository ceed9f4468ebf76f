import LoRWeBCheckpoints
import LoRWeBTorch

/// What a model's linears are called in files of ordinary LoRAs: by diffusers' paths, or by those of FLUX's first release, where
/// q, k and v, and a single block's MLP with them, are rows of one matrix.
struct LoRANames {
  /// A matrix that files change: the linears whose rows it holds, from the first to the last.
  struct Target {
    /// In the first release's names; diffusers' where there is none.
    let name: String
    let parts: [AdaptedLinear]
    /// The halves of its rows stand the other way round than the linear's: shift before scale.
    var swapsHalves = false

    var inputs: Int { parts[0].inputs }
    var rows: [Int] { parts.map(\.outputs) }
  }

  /// Every linear once, joined as in the first release, sorted by name.
  let joined: [Target]
  private let targets: [String: Target]

  /// - Parameter linears: all of the model's, so that the rows of joined matrices are known.
  init(_ linears: [AdaptedLinear]) {
    let known = Dictionary(linears.map { ("\($0.path).weight", $0) }, uniquingKeysWith: { first, _ in first })
    let joined = linears.compactMap { linear -> Target? in
      let weight = "\(linear.path).weight"
      guard let rule = WeightLayout.bflTensors.lazy.compactMap({ $0.concrete(for: weight, behind: "") }).first
      else { return nil }
      let name = String(rule.name.dropLast(".weight".count))
      // Rows of one linear in another order: the halves of the last norm's.
      let isOne = rule.pieces.allSatisfy { $0.name == weight }
      let parts = isOne ? [linear] : rule.pieces.compactMap { known[$0.name] }
      // A part that isn't there leaves the rows of the others unknown.
      guard isOne || parts.count == rule.pieces.count, parts.allSatisfy({ $0.inputs == linear.inputs }) else { return nil }
      return Target(name: name, parts: parts, swapsHalves: isOne && rule.pieces.count == 2)
    }
    let taken = Set(joined.flatMap(\.parts).map(\.path))
    let alone = linears.filter { !taken.contains($0.path) }.map { Target(name: $0.path, parts: [$0]) }
    self.joined = (joined + alone).sorted { $0.name < $1.name }
    var (targets, ambiguous): ([String: Target], Set<String>) = ([:], [])
    for target in joined + linears.map({ Target(name: $0.path, parts: [$0]) }) {
      let key = Self.key(target.name)
      if targets.updateValue(target, forKey: key) != nil { ambiguous.insert(key) }
    }
    self.targets = targets.filter { !ambiguous.contains($0.key) }
  }

  /// What a file means by a name, with dots or with underscores for them; nil for one that is no linear's of the model, or two's.
  subscript(name: String) -> Target? { targets[Self.key(name)] }

  private static func key(_ name: String) -> String { name.replacing(".", with: "_") }

  /// Rows with their halves in the other order.
  static func swapped(_ matrix: Tensor) -> Tensor { concatenated(matrix.chunked(2, along: 0).reversed(), along: 0) }
}
