import Foundation

/// CLIP's way from a prompt to words: clean, compose, lower the case, cut. Equal to transformers' `CLIPTokenizer` without ftfy,
/// whose clean-up is BERT's with accents kept and punctuation left together.
enum CLIPWords {
  /// The words of a text without special tokens, in order.
  static func words(in text: some Sequence<Unicode.Scalar>) -> [[Unicode.Scalar]] {
    var cleaned = String.UnicodeScalarView()
    for scalar in text { append(scalar, to: &cleaned) }
    let composed = String(cleaned).precomposedStringWithCanonicalMapping.unicodeScalars
    return cut(composed.split(whereSeparator: isSpace).map(lowercased).joined(separator: [" "]))
  }

  /// Drops control characters, unifies spaces, and gives every Chinese character spaces around it.
  private static func append(_ scalar: Unicode.Scalar, to cleaned: inout String.UnicodeScalarView) {
    if scalar == "\u{FFFD}" { return }
    if scalar == "\t" || scalar == "\n" || scalar == "\r" {
      cleaned.append(" ")
      return
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned: return
    case .spaceSeparator: cleaned.append(" ")
    case _ where isIdeograph(scalar): cleaned.append(contentsOf: [" ", scalar, " "])
    default: cleaned.append(scalar)
    }
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
  private static func lowercased(_ word: Substring.UnicodeScalarView) -> [Unicode.Scalar] {
    let scalars = Array(word)
    return scalars.indices.flatMap { index in
      scalars[index] == "Σ" && endsWord(scalars, index)
        ? ["ς"] : Array(scalars[index].properties.lowercaseMapping.unicodeScalars)
    }
  }

  /// Unicode's condition Final_Sigma: a cased letter before and none after, case-ignorable characters not counted.
  private static func endsWord(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  /// Cuts into special tokens, English contractions, runs of letters, single digits, and runs of everything else.
  private static func cut(_ text: some Sequence<Unicode.Scalar>) -> [[Unicode.Scalar]] {
    let scalars = Array(text)
    var words: [[Unicode.Scalar]] = []
    var start = 0
    while start < scalars.count {
      if scalars[start] == " " {
        start += 1
        continue
      }
      let length = fixedLength(scalars, start) ?? runLength(scalars, start)
      words.append(Array(scalars[start..<start + length]))
      start += length
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
    return scalars[start...].prefix { $0 != " " && Kind($0) == kind }.count
  }

  private enum Kind {
    case letter, number, other

    init(_ scalar: Unicode.Scalar) {
      self =
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: .other
        }
    }
  }
}
