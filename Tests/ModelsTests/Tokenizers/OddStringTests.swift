import Foundation
import Testing

@testable import LoRWeBCheckpoints
@testable import LoRWeBModels

/// The strings of `Proofs/tokenizers/odd.py`.
@Suite("Odd strings")
struct OddStringTests {
  private struct Answer: Decodable {
    let text: String
    let clip: [Int]
    let t5: [Int]
    let normalized: String
    let spaces: String
    let plain: String
    let rest: String
  }

  private let answers: [Answer]

  init() throws {
    answers = try TokenizerFixtures.answers("odd")
    #expect(answers.count > 800)
  }

  @Test("CLIP's ids are transformers' and T5's sentencepiece's for presentation forms, marks, jamo, joiners and controls")
  func ids() throws {
    let clip = try CLIPTokenizer(folder: TokenizerFixtures.clipFolder)
    let t5 = try T5Tokenizer(folder: TokenizerFixtures.t5Folder)
    for answer in answers {
      let (ours, theirs) = (clip.encode(answer.text), t5.encode(answer.text))
      #expect(Array(ours.ids.prefix(ours.count)) == answer.clip, "\(answer.text.debugDescription)")
      #expect(Array(theirs.ids.prefix(theirs.count)) == answer.t5, "\(answer.text.debugDescription)")
    }
  }

  @Test("Texts are normalized as sentencepiece does it, with every setting on, without the one for extra spaces, with none")
  func normalized() throws {
    func normalizer(_ more: [UInt8] = []) throws -> PieceNormalizer {
      let model = try Data(contentsOf: TokenizerFixtures.t5Folder.appending(path: "spiece.model"))
      return try TokenizerFixtures.pieces(model + Data(more)).normalizer
    }
    let (all, spaces, plain) = (
      try normalizer(), try normalizer([0x1A, 2, 0x20, 0]), try normalizer([0x1A, 6, 0x18, 0, 0x20, 0, 0x28, 0])
    )
    func text(_ normalizer: PieceNormalizer, _ answer: Answer) -> String {
      String(decoding: normalizer.normalized(answer.text).bytes, as: UTF8.self)
    }
    // compared by bytes: Swift's equality of strings is blind to what a normalizer does
    for answer in answers {
      #expect(text(all, answer).utf8.elementsEqual(answer.normalized.utf8), "\(answer.text.debugDescription)")
      #expect(text(spaces, answer).utf8.elementsEqual(answer.spaces.utf8), "\(answer.text.debugDescription)")
      #expect(text(plain, answer).utf8.elementsEqual(answer.plain.utf8), "\(answer.text.debugDescription)")
    }
  }

  @Test("What T5 doesn't see behind its seventh piece begins where sentencepiece says that the eighth does")
  func rest() throws {
    var files = try TokenizerFixtures.files(TokenizerFixtures.t5Folder)
    files["tokenizer_config.json"] = Data(#"{"model_max_length": 8}"#.utf8)
    let tokenizer = try TokenizerFixtures.withFolder(files) { try T5Tokenizer(folder: $0) }
    for answer in answers {
      let rest = answer.rest.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(tokenizer.encode(answer.text).notUsed.utf8.elementsEqual(rest.utf8), "\(answer.text.debugDescription)")
    }
    #expect(answers.count { !$0.rest.isEmpty } > 100)
  }
}
