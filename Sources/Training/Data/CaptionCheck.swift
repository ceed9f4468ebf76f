import LoRWeB
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels

/// Counts the captions of a set that a model's text encoders don't see whole.
public enum CaptionCheck {
  /// A sentence for each tokenizer that cuts captions or lacks their characters; none if all are seen as they are.
  ///
  /// - Parameters:
  ///   - directions: whether the captions of reversed analogies count too.
  ///   - tokenizers: each gives a caption's tokens.
  public static func warnings(
    on set: AnalogySet, _ directions: AnalogyDirections, tokenizers: [(String) -> TokenSequence]
  ) -> [String] {
    let pairs = set.tasks.flatMap(\.pairs)
    let said = pairs.map(\.instruction) + (directions == .both ? pairs.map(\.reverseInstruction) : [])
    let captions = Set((said + set.prepared.map(\.instruction)).map(AnalogyCaption.cleaned)).sorted()
    return tokenizers.compactMap { tokens in
      let cut = captions.lazy.map { (caption: $0, warnings: tokens($0).warnings(on: "caption")) }.filter {
        !$0.warnings.isEmpty
      }
      guard let first = cut.first else { return nil }
      return "\(cut.count) of the set's \(captions.count) different captions are not seen whole, first "
        + "\"\(first.caption.prefix(60))\": " + first.warnings.joined(separator: " ")
    }
  }

  /// The same for a model's two tokenizers.
  /// - Throws: `TokenizerError`.
  public static func warnings(
    on set: AnalogySet, _ directions: AnalogyDirections, encoders: ModelEncoders
  ) throws -> [String] {
    let folder = encoders.folder
    let (clip, t5) = (
      try CLIPTokenizer(folder: folder.folder(.tokenizer)), try T5Tokenizer(folder: folder.folder(.tokenizer2))
    )
    return warnings(on: set, directions, tokenizers: [clip.encode, t5.encode])
  }
}
