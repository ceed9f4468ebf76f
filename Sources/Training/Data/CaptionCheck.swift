import LoRWeBAnalogyData
import LoRWeBModels

/// Counts the captions of a set that a model's text encoders don't see whole.
public enum CaptionCheck {
  /// A sentence for each text encoder that cuts captions or lacks their characters; none if all are seen as they are.
  /// - Parameters:
  ///   - directions: whether the captions of reversed analogies count too.
  ///   - tokens: a caption as each text encoder sees it.
  public static func warnings(
    on set: AnalogySet, _ directions: AnalogyDirections, tokens: (String) throws -> [TokenSequence]
  ) rethrows -> [String] {
    let pairs = set.tasks.flatMap(\.pairs)
    let said = pairs.map(\.instruction) + (directions == .both ? pairs.map(\.reverseInstruction) : [])
    let captions = Set((said + set.prepared.map(\.instruction)).map(AnalogyCaption.cleaned)).sorted()
    let seen = try captions.map { caption in
      try tokens(caption).map { (caption: caption, warnings: $0.warnings(on: "caption")) }
    }
    return (seen.first ?? []).indices.compactMap { encoder in
      let cut = seen.map { $0[encoder] }.filter { !$0.warnings.isEmpty }
      return cut.first.map { first in
        "\(cut.count) of the set's \(captions.count) different captions are not seen whole, first "
          + "\"\(first.caption.prefix(60))\": " + first.warnings.joined(separator: " ")
      }
    }
  }
}
