import LoRWeBAnalogyData
import LoRWeBModels

/// Counts the captions of a set that a model's text encoders don't see whole.
public enum CaptionCheck {
  /// A sentence for each text encoder that cuts captions or lacks their characters; none if all are seen as they are.
  ///
  /// - Parameters:
  ///   - directions: whether the captions of reversed analogies count too.
  ///   - tokens: a caption as each text encoder sees it.
  /// - Throws: what `tokens` throws.
  public static func warnings(
    on set: AnalogySet, _ directions: AnalogyDirections, tokens: (String) throws -> [TokenSequence]
  ) rethrows -> [String] {
    let pairs = set.tasks.flatMap(\.pairs)
    let said = pairs.map(\.instruction) + (directions == .both ? pairs.map(\.reverseInstruction) : [])
    let captions = Set((said + set.prepared.map(\.instruction)).map(AnalogyCaption.cleaned)).sorted()
    var cut: [(count: Int, sentence: String)] = []
    for caption in captions {
      for (encoder, seen) in try tokens(caption).enumerated() {
        if encoder == cut.count { cut.append((0, "")) }
        let warnings = seen.warnings(on: "caption")
        guard !warnings.isEmpty else { continue }
        if cut[encoder].count == 0 { cut[encoder].sentence = "\"\(caption.prefix(60))\": " + warnings.joined(separator: " ") }
        cut[encoder].count += 1
      }
    }
    return cut.filter { $0.count > 0 }.map {
      "\($0.count) of the set's \(captions.count) different captions are not seen whole, first \($0.sentence)"
    }
  }
}
