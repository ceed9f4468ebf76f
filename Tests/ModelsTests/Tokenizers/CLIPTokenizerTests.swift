import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import Testing

@Suite("CLIP tokenizer")
struct CLIPTokenizerTests {
  private let tokenizer: CLIPTokenizer

  init() throws { tokenizer = try CLIPTokenizer(folder: TokenizerFixtures.clipFolder) }

  @Test("2,000 strings have the ids that transformers gives them, cut and padded to 77")
  func ids() throws {
    let strings = try TokenizerFixtures.strings()
    let answers: [[Int]] = try TokenizerFixtures.answers("clip")
    #expect(strings.count == 2000 && answers.count == 2000 && tokenizer.length == 77)
    for (string, answer) in zip(strings, answers) {
      let tokens = tokenizer.encode(string)
      #expect(Array(tokens.ids.prefix(tokens.count)) == answer, "\(string.debugDescription)")
      #expect(tokens.ids == answer + Array(repeating: 49407, count: 77 - answer.count), "\(string.debugDescription)")
    }
    #expect(answers.contains { $0.count == 77 } && answers.contains { $0.count == 2 })
  }

  @Test("The embedded model's small vocabulary gives the unknown token where it lacks a byte")
  func smallVocabulary() throws {
    let small = try CLIPTokenizer(folder: TokenizerFixtures.miniFolder.appending(path: "tokenizer"))
    let tokens = small.encode("make it night \u{1F319}")
    #expect(small.length == 32 && tokens.ids.count == 32)
    #expect(tokens.ids.first == 1225 && tokens.ids.last == 1226)
    // four bytes of the emoji are not in the vocabulary
    #expect(Array(tokens.ids.prefix(tokens.count).suffix(5)) == Array(repeating: 1226, count: 5))
  }

  @Test("Padding is the config's token, and an added token is found inside the text")
  func ownPadding() throws {
    var files = try TokenizerFixtures.files(TokenizerFixtures.clipFolder)
    files["tokenizer_config.json"] = Data(
      #"{"model_max_length": 8, "pad_token": {"content": "!"}, "added_tokens_decoder": {"50000": {"content": "<cat>"}}}"#.utf8)
    let tokens = try TokenizerFixtures.withFolder(files) { try CLIPTokenizer(folder: $0).encode("a<cat> photo") }
    #expect(tokens.ids == [49406, 320, 50000, 1125, 49407, 0, 0, 0] && tokens.count == 5)
  }

  @Test("Damaged files are named with their line in one sentence")
  func damage() throws {
    let good = try TokenizerFixtures.files(TokenizerFixtures.clipFolder)
    func complaint(_ changes: [String: String?]) throws -> String? {
      var files = good
      for (name, text) in changes { files[name] = text.map { Data($0.utf8) } }
      return try TokenizerFixtures.withFolder(files) { folder in
        TokenizerFixtures.complaint { _ = try CLIPTokenizer(folder: folder) }
      }
    }
    let cases: [([String: String?], [String])] = [
      (["merges.txt": "#version: 0.2\ni n\nth e t\n"], ["merges.txt", "line 3", "two tokens", "th e t"]),
      (["merges.txt": "#version: 0.2\ni n\n\nt h\n"], ["merges.txt", "line 3", "two tokens"]),
      (["merges.txt": "#version: 0.2\nzzz qqqq\n"], ["merges.txt", "line 2", "zzz qqqq", "vocab.json"]),
      (["vocab.json": "{\"a\": 1,"], ["vocab.json", "not JSON text"]),
      (["vocab.json": "[1, 2]"], ["vocab.json", "the file should hold an object"]),
      (["vocab.json": "{\"a\": \"b\"}"], ["vocab.json", "the key a should hold a whole number"]),
      (["vocab.json": "{\"a\": -1}"], ["vocab.json", "\"a\"", "-1"]),
      (["tokenizer_config.json": #"{"model_max_length": 77, "unk_token": "<none>"}"#], ["vocab.json", "\"<none>\""]),
      (["vocab.json": nil], ["vocab.json", "missing"]),
      (["merges.txt": nil], ["merges.txt", "missing"]),
      (["tokenizer_config.json": nil], ["tokenizer_config.json", "missing"]),
      (["tokenizer_config.json": "{}"], ["tokenizer_config.json", "model_max_length", "none"]),
      (["tokenizer_config.json": "{\"model_max_length\": 1e30}"], ["model_max_length", "1e+30"]),
      (["tokenizer_config.json": "{\"model_max_length\": 1}"], ["model_max_length", "from 2"]),
      (["tokenizer_config.json": "{\"model_max_length\": 9.5}"], ["model_max_length", "9.5"]),
      (["tokenizer_config.json": "{\"model_max_length\": \"77\"}"], ["tokenizer_config.json", "model_max_length"]),
      (
        ["tokenizer_config.json": #"{"model_max_length": 77, "added_tokens_decoder": {"x": {"content": "y"}}}"#],
        ["added_tokens_decoder", "\"x\""]
      ),
      (
        [
          "tokenizer_config.json": #"{"model_max_length": 77, "added_tokens_decoder": {"1": {"content": "y", "lstrip": true}}}"#
        ],
        ["\"y\"", "lstrip"]
      ),
    ]
    for (changes, words) in cases {
      let sentence = try #require(try complaint(changes), "\(changes)")
      #expect(words.allSatisfy(sentence.contains), "\(sentence)")
      #expect(sentence.hasSuffix(".") && !sentence.contains("\n"), "\(sentence)")
    }
  }

  @Test("A file that isn't UTF-8 and a file too large for a tokenizer are refused")
  func bytes() throws {
    var files = try TokenizerFixtures.files(TokenizerFixtures.clipFolder)
    files["merges.txt"] = Data("#version: 0.2\ni n\n".utf8) + Data([0xFF, 0x20, 0xFE, 0x0A])
    let notText = try TokenizerFixtures.withFolder(files) { folder in
      TokenizerFixtures.complaint { _ = try CLIPTokenizer(folder: folder) }
    }
    #expect(notText?.contains("line 3") == true && notText?.contains("UTF-8") == true)
    let tooLarge = try TokenizerFixtures.withFolder(files) { folder in
      let file = try FileHandle(forWritingTo: folder.appending(path: "vocab.json"))
      try file.truncate(atOffset: 1 << 30)
      try file.close()
      return TokenizerFixtures.complaint { _ = try CLIPTokenizer(folder: folder) }
    }
    #expect(tooLarge?.contains("1073741824 bytes") == true)
  }
}
