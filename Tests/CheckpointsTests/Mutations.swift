import Foundation

/// Random numbers that a seed repeats: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

/// Changes files the way damage and malice do: bytes at random, or the JSON's tokens with everything around them kept right, or the
/// numbers of a header without text.
struct Mutator {
  enum Form { case json, jsonWithLength, numbers }

  var numbers: SeededNumbers
  /// Files to start from, by kind; each kind is taken as often as the others.
  let corpus: [[[UInt8]]]

  /// Tokens worth trying anywhere in a header.
  private static let tokens =
    [
      "0", "1", "4", "8", "-1", "-0", "1.5", "1e3", "1e-999", "2147483648", "4294967295", "9223372036854775807",
      "9223372036854775808", "18446744073709551615", "99999999999999999999999999", "01", "[]", "{}", "[0,4]", "[4,0]", "[4,8]",
      "[1,1]", "null", "true", "\"\"", "\"a\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "\"F32\"",
      "\"BF16\"", "\"U8\"", "\"F64\"", "\"BOOL\"", "\"F4\"", "\"\\u0061\"", "\"\\ud800\"", "\"é\"", "{", "}", "[", "]", ",",
      ":", "\"",
      "\\", " ", "\n", "\u{feff}", "\0",
    ].map { Array($0.utf8) }

  /// A changed file of the corpus: half of them by bytes, half by tokens of the header with its length set right again, or by its
  /// numbers.
  mutating func next(_ form: Form) -> [UInt8] {
    var file = original()
    let isBlind = Bool.random(using: &numbers)
    for _ in 0..<[1, 1, 2, 4][Int.random(in: 0..<4, using: &numbers)] {
      switch form {
      case _ where isBlind: changeBytes(&file)
      case .numbers: changeNumber(&file)
      default: changeHeader(&file, hasLength: form == .jsonWithLength)
      }
    }
    return file
  }

  private mutating func original() -> [UInt8] {
    corpus.randomElement(using: &numbers)?.randomElement(using: &numbers) ?? []
  }

  private mutating func changeBytes(_ file: inout [UInt8]) {
    let range = randomRange(file.count)
    switch Int.random(in: 0..<7, using: &numbers) {
    case 0 where !file.isEmpty:
      file[Int.random(in: 0..<file.count, using: &numbers)] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
    case 1 where !file.isEmpty: file[Int.random(in: 0..<file.count, using: &numbers)] = .random(in: 0...255, using: &numbers)
    case 2: file.removeSubrange(range)
    case 3: file.insert(contentsOf: file[range], at: range.lowerBound)
    case 4: file.removeLast(Int.random(in: 0...file.count, using: &numbers))
    case 5: file.append(contentsOf: file[range])
    default:
      let other = original()
      file.replaceSubrange(range, with: other[randomRange(other.count)])
    }
  }

  /// Puts another number of 4 or 8 bytes somewhere in the first kilobytes: an absurd one, or one a little beside what was there.
  private mutating func changeNumber(_ file: inout [UInt8]) {
    let width = Bool.random(using: &numbers) ? 4 : 8
    guard file.count >= width else { return }
    let place = Int.random(in: 0...min(file.count - width, 4096), using: &numbers)
    var number: UInt64 = (0..<width).reversed().reduce(0) { $0 << 8 | UInt64(file[place + $1]) }
    let absurd: [UInt64] = [0, 1, 1 << 31, 1 << 32, 1 << 62, .max >> 1, 1 << 63, .max - 31, .max]
    switch Int.random(in: 0..<3, using: &numbers) {
    case 0: number = absurd.randomElement(using: &numbers) ?? 0
    case 1: number = .random(in: 0..<64, using: &numbers)
    default: number &+= [1, .max, 32, 256].randomElement(using: &numbers) ?? 0
    }
    for byte in 0..<width { file[place + byte] = UInt8(truncatingIfNeeded: number >> UInt64(8 * byte)) }
  }

  private mutating func changeHeader(_ file: inout [UInt8], hasLength: Bool) {
    guard !hasLength || file.count >= 8 else { return }
    let start = hasLength ? 8 : 0
    let length =
      hasLength ? file.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) } : UInt64(file.count)
    let end = length <= UInt64(file.count - start) ? start + Int(length) : file.count
    var header = Array(file[start..<end])
    let places = tokenRanges(header)
    guard let place = places.randomElement(using: &numbers), let other = places.randomElement(using: &numbers) else { return }
    switch Int.random(in: 0..<5, using: &numbers) {
    case 0: header.removeSubrange(place)
    case 1: header.replaceSubrange(place, with: Array(header[other]))
    case 2:
      let (first, last) = (min(place.lowerBound, other.lowerBound), max(place.upperBound, other.upperBound))
      header.insert(contentsOf: Array(header[first..<last]), at: last)
    default: header.replaceSubrange(place, with: Self.tokens.randomElement(using: &numbers) ?? [])
    }
    file.replaceSubrange(start..<end, with: header)
    if hasLength { file.replaceSubrange(0..<8, with: withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init)) }
  }

  /// Strings, words and single marks of a JSON text, roughly.
  private func tokenRanges(_ text: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      if text[start] == UInt8(ascii: "\"") {
        while end < text.count, text[end] != UInt8(ascii: "\"") { end += 1 }
        end = min(end + 1, text.count)
      } else if isWord(text[start]) {
        while end < text.count, isWord(text[end]) { end += 1 }
      }
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  private func isWord(_ byte: UInt8) -> Bool {
    Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber || byte == UInt8(ascii: "-")
  }

  private mutating func randomRange(_ count: Int) -> Range<Int> {
    let begin = Int.random(in: 0...count, using: &numbers)
    return begin..<min(count, begin + Int.random(in: 0...16, using: &numbers))
  }
}
