import Foundation

/// CLIP's way from a prompt to words: clean, compose, lower the case, cut. Equal to transformers' `CLIPTokenizer` without ftfy,
/// whose clean-up is BERT's with accents kept and punctuation left together.
enum CLIPWords {
  /// A character on its way, and the bytes of the prompt's UTF-8 that it comes from.
  struct Letter {
    var scalar: Unicode.Scalar
    let source: Range<Int>
  }

  /// The words of a text without special tokens, in order.
  static func words(in text: some Sequence<Letter>) -> [[Letter]] {
    composed(text.flatMap(cleaned)).split { isSpace($0.scalar) }.flatMap { cut(lowercased(Array($0))) }
  }

  /// Whether a character is dropped although it says something: one without a meaning of its own, or none in Unicode yet.
  static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{FFFD}" || [.privateUse, .unassigned].contains(scalar.properties.generalCategory)
  }

  /// Drops control characters, unifies spaces, and gives every Chinese character spaces around it.
  private static func cleaned(_ letter: Letter) -> [Letter] {
    let space = Letter(scalar: " ", source: letter.source)
    if letter.scalar == "\t" || letter.scalar == "\n" || letter.scalar == "\r" { return [space] }
    return switch letter.scalar.properties.generalCategory {
    case .control, .format, .surrogate: []
    case _ where isDropped(letter.scalar): []
    case .spaceSeparator: [space]
    case _ where isIdeograph(letter.scalar): [space, letter, space]
    default: [letter]
    }
  }

  /// Canonical composition, which never reaches over what Swift takes for one character.
  private static func composed(_ text: [Letter]) -> [Letter] {
    var composed: [Letter] = []
    var start = 0
    for character in String(String.UnicodeScalarView(text.map(\.scalar))) {
      let end = start + character.unicodeScalars.count
      let source = text[start].source.lowerBound..<text[end - 1].source.upperBound
      composed += String(character).precomposedStringWithCanonicalMapping.unicodeScalars.map {
        Letter(scalar: $0, source: source)
      }
      start = end
    }
    return composed
  }

  /// The blocks of Chinese characters as BERT lists them: unified ideographs, extensions A to E, compatibility ideographs.
  private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2B73F, 0x2B740...0x2B81F, 0x2B820...0x2CEAF,
      0xF900...0xFAFF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// What separates words once controls are gone: the space, and the separators of lines and paragraphs.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\u{2028}" || scalar == "\u{2029}"
  }

  /// Lower case by Unicode's full mappings; a capital sigma that ends a word becomes the final form.
  private static func lowercased(_ word: [Letter]) -> [Letter] {
    let scalars = word.map(\.scalar)
    return word.indices.flatMap { index in
      let isFinal = scalars[index] == "Σ" && endsWord(scalars, index)
      return (isFinal ? "ς" : scalars[index].properties.lowercaseMapping).unicodeScalars.map {
        Letter(scalar: $0, source: word[index].source)
      }
    }
  }

  /// Unicode's condition Final_Sigma: a cased letter before and none after, case-ignorable characters not counted.
  private static func endsWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  /// Cuts into special tokens, English contractions, runs of letters, single digits, and runs of everything else.
  private static func cut(_ letters: [Letter]) -> [[Letter]] {
    let scalars = letters.map(\.scalar)
    var words: [[Letter]] = []
    var start = 0
    while start < scalars.count {
      let length = fixedLength(scalars, start) ?? runLength(scalars, start)
      defer { start += length }
      if Kind(scalars[start]) == .none { continue }
      words.append(Array(letters[start..<start + length]))
    }
    return words
  }

  private static let fixed: [[Unicode.Scalar]] = [
    "<|startoftext|>", "<|endoftext|>", "'s", "'t", "'re", "'ve", "'m", "'ll", "'d",
  ].map { Array($0.unicodeScalars) }

  /// The length of the first fixed string that stands at `start`. The reference ignores case here, and the one lower-case letter
  /// that folds to one of these is the long s.
  private static func fixedLength(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
    guard scalars[start] == "'" || scalars[start] == "<" else { return nil }
    return fixed.first { text in
      start + text.count <= scalars.count
        && zip(text, scalars[start...]).allSatisfy { $0 == $1 || ($0 == "s" && $1 == "\u{17F}") }
    }?.count
  }

  /// The length of the run of letters or of others that begins at `start`; 1 for a digit.
  private static func runLength(_ scalars: [Unicode.Scalar], _ start: Int) -> Int {
    let kind = Kind(scalars[start])
    if kind == .number { return 1 }
    return scalars[start...].prefix { Kind($0) == kind }.count
  }

  private enum Kind {
    case letter, number, other
    /// The combining iota alone: the reference ignores case, and its other cases are letters where it is none, so no rule takes it.
    case none

    init(_ scalar: Unicode.Scalar) {
      self =
        switch scalar.properties.generalCategory {
        case _ where scalar == "\u{345}": .none
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: .other
        }
    }
  }
}
