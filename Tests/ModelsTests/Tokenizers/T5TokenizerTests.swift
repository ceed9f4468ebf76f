import Foundation
import Testing

@testable import LoRWeBCheckpoints
@testable import LoRWeBModels

@Suite("T5 tokenizer")
struct T5TokenizerTests {
  @Test("2,000 strings have the ids that sentencepiece gives them, with their end, cut and padded to 512")
  func ids() throws {
    let tokenizer = try T5Tokenizer(folder: TokenizerFixtures.t5Folder)
    let strings = try TokenizerFixtures.strings()
    let answers: [[Int]] = try TokenizerFixtures.answers("t5")
    #expect(strings.count == 2000 && answers.count == 2000)
    #expect(tokenizer.length == 512 && tokenizer.vocabularySize == 4000)
    for (string, answer) in zip(strings, answers) {
      let tokens = tokenizer.encode(string)
      #expect(Array(tokens.ids.prefix(tokens.count)) == answer, "\(string.debugDescription)")
      #expect(tokens.ids == answer + Array(repeating: 0, count: 512 - answer.count), "\(string.debugDescription)")
    }
    #expect(answers.contains { $0.count == 512 } && answers.contains([1]))
  }

  @Test("The embedded model's own pieces load, with the length its config gives")
  func embedded() throws {
    let tokenizer = try T5Tokenizer(folder: TokenizerFixtures.miniFolder.appending(path: "tokenizer_2"))
    #expect(tokenizer.length == 24 && tokenizer.vocabularySize == 678)
    #expect(tokenizer.encode("") == tokenizer.encode(" "))
    #expect(tokenizer.encode("").ids == [1] + Array(repeating: 0, count: 23))
  }

  @Test("A folder without pieces says which file is missing and where it comes from")
  func missing() throws {
    var files = try TokenizerFixtures.files(TokenizerFixtures.t5Folder)
    files["spiece.model"] = nil
    func complaint() throws -> String? {
      try TokenizerFixtures.withFolder(files) { folder in
        TokenizerFixtures.complaint { _ = try T5Tokenizer(folder: folder) }
      }
    }
    #expect(try complaint()?.contains("spiece.model is missing; T5's pieces are read from it") == true)
    files["tokenizer.json"] = Data("{}".utf8)
    #expect(try complaint()?.contains("has only tokenizer.json") == true)
  }

  /// Loads a model and, if it loads, tokenizes with it; returns the sentence if it doesn't.
  private func attempt(_ model: Data) throws -> String? {
    let config = Data(#"{"model_max_length": 64}"#.utf8)
    return try TokenizerFixtures.withFolder(["spiece.model": model, "tokenizer_config.json": config]) { folder in
      TokenizerFixtures.complaint {
        let tokenizer = try T5Tokenizer(folder: folder)
        for text in ["a photo of a cat", "ﬁ Å ½ \u{1F600} 한글 ŉ", String(repeating: "x", count: 300)] {
          _ = tokenizer.encode(text)
        }
      }
    }
  }

  @Test("Damaged models are errors that name the file")
  func damage() throws {
    let good = try Data(contentsOf: TokenizerFixtures.t5Folder.appending(path: "spiece.model"))
    #expect(try attempt(good) == nil)
    let cases: [(Data, String)] = [
      (Data(), "no pieces"),
      (Data("version https://git-lfs.github.com/spec/v1\n".utf8), "damaged"),
      (Data(repeating: 0xFF, count: 100), "damaged"),
      (good.dropLast(1), "damaged"),
      (good.prefix(good.count / 2), "damaged"),
      // a second trainer message that says byte-pair encoding
      (good + Data([0x12, 0x02, 0x18, 0x02]), "type 2"),
      // a further piece: without text, with a zero byte, with an infinite score, then one that exists
      (good + Data([0x0A, 0x00]), "empty"),
      (good + Data([0x0A, 0x03, 0x0A, 0x01, 0x00]), "empty or not UTF-8"),
      (good + Data([0x0A, 0x08, 0x0A, 0x01, 0x61, 0x15, 0x00, 0x00, 0x80, 0x7F]), "no finite number"),
      (good + Data([0x0A, 0x03, 0x0A, 0x01, 0x61]), "\"a\", stands in it twice"),
      // a piece for a byte
      (good + Data([0x0A, 0x05, 0x0A, 0x01, 0x61, 0x18, 0x06]), "kind 6"),
      // a further normalizer: a table that announces more than it has, one whose root points outside
      (good + Data([0x1A, 0x0A, 0x12, 0x08, 0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x00, 0x00, 0x00]), "character replacements"),
      (good + Data([0x1A, 0x0B, 0x12, 0x09, 0x04, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x00]), "character replacements"),
    ]
    for (model, words) in cases {
      let sentence = try #require(try attempt(Data(model)), "\(words)")
      #expect(sentence.contains("spiece.model") && sentence.contains(words), "\(sentence)")
    }
  }

  private struct Tiny: Decodable {
    struct Text: Decodable {
      let text: String
      let ids: [Int]
      let normalized: String
    }

    let model: Data
    let texts: [Text]
  }

  private func tiny() throws -> Tiny {
    let all: [Tiny] = try TokenizerFixtures.answers("tiny")
    return try #require(all.first)
  }

  @Test("A model with its own rules drops, joins and replaces as sentencepiece does")
  func ownRules() throws {
    let tiny = try tiny()
    let model = try TokenizerFixtures.pieces(tiny.model)
    let tokenizer = try model.tokenizer(length: 100)
    for text in tiny.texts {
      let bytes = model.normalizer.normalized(text.text).bytes
      #expect(bytes == Array(text.normalized.utf8), "\(text.text.debugDescription)")
      let tokens = tokenizer.encode(text.text)
      #expect(Array(tokens.ids.prefix(tokens.count)) == text.ids + [1], "\(text.text.debugDescription)")
    }
    #expect(tiny.texts.count > 100)
  }

  @Test("A model that is cut anywhere, or has any byte changed, is refused or works, never a crash")
  func changedBytes() throws {
    let tiny = try tiny()
    let texts = tiny.texts.prefix(12).map(\.text)
    func isRefused(_ model: Data) throws -> Bool {
      do {
        let tokenizer = try TokenizerFixtures.pieces(model).tokenizer(length: 20)
        for text in texts { #expect(tokenizer.encode(text).ids.count == 20) }
        return false
      } catch is SentencePieceFile.Damage {
        return true
      }
    }
    var refused = 0
    for count in 0..<tiny.model.count where try isRefused(tiny.model.prefix(count)) { refused += 1 }
    #expect(refused > tiny.model.count / 2)
    refused = 0
    for index in 0..<2 * tiny.model.count {
      var model = tiny.model
      model[index / 2] ^= 1 << UInt8(index * 5 % 8)
      // beside it, in every other model, one further byte anywhere
      if index % 2 == 1 { model[index * 2_097_143 % model.count] = UInt8(index * 151 % 256) }
      if try isRefused(model) { refused += 1 }
    }
    #expect(refused > 100 && refused < 2 * tiny.model.count)
  }

  @Test("T5's own model with bytes changed in its large table is an error or works")
  func changedTable() throws {
    let good = try Data(contentsOf: TokenizerFixtures.miniFolder.appending(path: "tokenizer_2/spiece.model"))
    var refused = 0
    // strides through pieces, trainer, normalizer's trie and its replacements
    for index in 0..<60 {
      var model = good
      let at = (index * 2_097_143) % good.count
      model[at] ^= UInt8(1 << (index % 8))
      if try attempt(model) != nil { refused += 1 }
    }
    #expect(refused > 0 && refused < 60)
  }
}
