/// A prompt as token ids, as long as the text encoder wants them.
public struct TokenSequence: Equatable, Sendable {
  /// Ids with the beginning and end the tokenizer adds, then padding up to its length.
  public let ids: [Int]
  /// How many of the ids come before the padding.
  public let count: Int

  /// Cuts `text` so that `beginning` and `end` fit, then pads.
  init(beginning: [Int], text: [Int], end: Int, padding: Int, length: Int) {
    let kept = beginning + text.prefix(max(0, length - beginning.count - 1)) + [end]
    ids = kept + Array(repeating: padding, count: max(0, length - kept.count))
    count = kept.count
  }
}
