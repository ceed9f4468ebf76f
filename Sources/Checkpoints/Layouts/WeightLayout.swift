import LoRWeBModels

/// How one tool names and orders the tensors of one part of a model: data.
public struct WeightLayout: Sendable, Equatable {
  /// What of a FLUX model a set of weights can be.
  public enum Part: String, Sendable, CaseIterable {
    case transformer = "a FLUX transformer"
    case autoencoder = "an autoencoder"
    case clipText = "a CLIP text encoder"
    case t5 = "a T5 encoder"

    /// What to do where other weights were given.
    var advice: String {
      switch self {
      case .transformer: "give the file of FLUX.1-Kontext or of a model trained from it"
      case .autoencoder: "give FLUX's own autoencoder, often called ae"
      case .clipText: "give FLUX's CLIP ViT-L/14 text encoder, often called clip_l"
      case .t5: "give FLUX's T5-XXL encoder, often called t5xxl"
      }
    }
  }

  public let part: Part
  /// Whose names they are, as in a sentence: "BFL's names".
  public let name: String
  /// Names that are all there, behind one of the prefixes, in weights of this layout, and not all there in any other's.
  let marks: [String]
  /// What the names may begin with in addition: nothing, a tool's, the part's in a whole checkpoint.
  let prefixes: [String]
  /// From these names to those that our models ask for.
  let rules: [RenamingRule]
  /// Names left out, with stars as rules have them.
  var ignored: [String] = []

  /// The prefix behind which the layout's names lie, if it is this layout.
  func prefix(in names: Set<String>) -> String? {
    prefixes.first { prefix in marks.allSatisfy { names.contains(prefix + $0) } }
  }

  /// Whether a name says nothing to the part found behind a prefix: another part of a whole checkpoint, or one that is left out.
  func ignores(_ name: String, behind prefix: String) -> Bool {
    if !prefix.isEmpty, Self.wholeCheckpoint.contains(where: name.hasPrefix),
      !prefixes.contains(where: { !$0.isEmpty && name.hasPrefix($0) })
    {
      return true
    }
    return prefixes.contains { prefix in
      guard name.hasPrefix(prefix) else { return false }
      let rest = String(name.dropFirst(prefix.count))
      return ignored.contains { RenamingRule.words(of: rest, matching: $0) != nil }
    }
  }

  /// What tells the parts of a whole checkpoint apart.
  private static let wholeCheckpoint = [
    "model.diffusion_model.", "vae.", "first_stage_model.", "text_encoders.", "cond_stage_model.", "conditioner.",
  ]

  /// BFL's layout of a transformer or an autoencoder with these names, which the autoencoder's levels are counted in; nil for the
  /// other parts, which BFL takes as transformers has them.
  public static func bfl(_ part: Part, for names: some Sequence<String>) -> WeightLayout? {
    known(for: names).first { $0.part == part && $0.name == bflName }
  }

  static let bflName = "BFL's names"

  /// Weights under this layout's names, from a source under those that our models ask for.
  /// - Throws: `CheckpointError` if two tensors would get one name.
  public func source(of base: any WeightSource) throws -> RenamedSource {
    try RenamedSource(base, rules: RenamingRule.inverse(of: rules))
  }

  /// All layouts, for weights of these names: the autoencoder's counts its levels from the other end.
  static func known(for names: some Sequence<String>) -> [WeightLayout] {
    transformers + autoencoders(levels: levels(in: names)) + clipTexts + t5s
  }
}
