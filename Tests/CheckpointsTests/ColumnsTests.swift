import LoRWeBCheckpoints
import Testing

@Suite("Columns of text")
struct ColumnsTests {
  @Test(
    "a text is as wide as a terminal shows it",
    arguments: [
      ("", 0), ("plain", 5), ("Ölgemälde", 9), ("e\u{301}", 1), ("夜にする", 8), ("한국어", 6), ("ＡＢ", 4), ("ｱｲ", 2), ("👩‍👩‍👧 family", 9),
      ("🇯🇵", 2), ("❤️", 2), ("👍🏽", 2), ("a\u{200B}b", 2), ("שלום", 4), ("𠮷", 2),
    ])
  func width(text: String, columns: Int) {
    #expect(text.columns == columns)
    #expect(text.padded(toColumns: 12).columns == 12 && text.padded(toColumns: 12).hasPrefix(text))
    #expect(text.padded(toColumns: 0) == text)
  }
}
