import Foundation

/// A prompt as token ids, as long as the text encoder wants them, and what of the prompt they don't stand for.
public struct TokenSequence: Equatable, Sendable {
  /// Ids with the beginning and end the tokenizer adds, then padding up to its length.
  public let ids: [Int]
  /// How many of the ids come before the padding.
  public let count: Int
  /// The prompt's end that the text encoder doesn't see, as it was written; empty if it sees all.
  public let notUsed: String
  /// Stretches of the prompt before that end that the vocabulary lacks, as they were written, each once.
  public let replaced: [String]
  private let reader: String
  /// What the reader takes for the text's end; nil if only its length ends it.
  private let stop: String?

  /// Cuts the tokens so that the frame's beginning and end fit, then pads.
  /// - Parameter dropped: bytes of the text's UTF-8 that no token stands for, although they say something.
  init(_ text: String, tokens: [TextToken], dropped: [Range<Int>] = [], in frame: TokenFrame) {
    let room = max(0, frame.length - frame.beginning.count - 1)
    let kept = frame.beginning + tokens.prefix(room).map(\.id) + [frame.end]
    ids = kept + Array(repeating: frame.padding, count: max(0, frame.length - kept.count))
    count = kept.count
    reader = frame.reader

    let utf8 = Array(text.utf8)
    // CLIP takes the end for what its vocabulary lacks, and its pooled vector stands at the first end of the row.
    let early = tokens.prefix(room).firstIndex { $0.id == frame.end }
    let behind = early.flatMap { early in tokens[early...].first { $0.id != frame.end } }
    let cut = (behind ?? tokens.dropFirst(room).first)?.source.lowerBound ?? utf8.count
    stop = early.flatMap { behind == nil ? nil : Self.trimmed(utf8[tokens[$0].source]) }
    notUsed = Self.trimmed(utf8[cut...])
    replaced = Self.stretches(of: text, in: (tokens.filter(\.isUnknown).map(\.source) + dropped).filter { $0.lowerBound < cut })
  }

  /// Runs of characters that a range reaches into, each once.
  private static func stretches(of text: String, in ranges: [Range<Int>]) -> [String] {
    guard !ranges.isEmpty else { return [] }
    var isReached = [Bool](repeating: false, count: text.utf8.count)
    for place in ranges.joined() { isReached[place] = true }
    var at = 0
    let reached = text.map { character -> Character? in
      defer { at += character.utf8.count }
      let isWhole = character.isWhitespace || !isReached[at..<at + character.utf8.count].contains(true)
      return isWhole ? nil : character
    }
    return reached.split(separator: nil).map { String($0.compactMap(\.self)) }
      .reduce(into: []) { found, run in if !found.contains(run) { found.append(run) } }
  }

  private static func trimmed(_ utf8: ArraySlice<UInt8>) -> String {
    String(decoding: utf8, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

extension TokenSequence {
  /// What isn't used, a sentence each; none if the ids stand for the whole text.
  /// - Parameter name: what to call the text: a prompt, a caption.
  public func warnings(on name: String = "prompt") -> [String] {
    var sentences: [String] = []
    if !replaced.isEmpty {
      let list = replaced.prefix(10).map(Self.quoted).joined(separator: ", ") + (replaced.count > 10 ? ", …" : "")
      sentences.append("What the \(name) says in characters that \(reader)'s vocabulary lacks is not used: \(list).")
    }
    if !notUsed.isEmpty {
      let reason = stop.map { "it takes \(Self.quoted($0)) for the end" } ?? "\(ids.count) tokens at most"
      sentences.append("The \(name)'s end is not used by \(reader): \(Self.quoted(notUsed)) (\(reason)).")
    }
    return sentences
  }

  /// A text on one line, its middle left out if it is long, invisible characters by their numbers.
  private static func quoted(_ text: String) -> String {
    let visible = text.unicodeScalars.map { scalar in
      if scalar.properties.isWhitespace { return " " }
      return switch scalar.properties.generalCategory {
      case .control: ""
      case .privateUse, .unassigned: "U+" + String(scalar.value, radix: 16, uppercase: true)
      default: String(scalar)
      }
    }.joined()
    return visible.count > 300 ? "\"\(visible.prefix(200)) … \(visible.suffix(80))\"" : "\"\(visible)\""
  }
}

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
  let end, padding: Int
  /// Tokens with beginning, end and padding.
  let length: Int
}
