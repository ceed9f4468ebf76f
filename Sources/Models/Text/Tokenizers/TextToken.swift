/// A token of a text, before anything is added to it.
struct TextToken: Equatable {
  var id: Int
  /// The bytes of the text's UTF-8 that it stands for.
  var source: Range<Int>
  /// Whether it stands for something that the vocabulary lacks.
  var isUnknown = false
}

/// What a text encoder wants around a text.
struct TokenFrame: Sendable {
  /// What warnings call the text encoder.
  let reader: String
  let beginning: [Int]
  let end: Int
  let padding: Int
  /// Tokens with beginning, end and padding.
  let length: Int
}
