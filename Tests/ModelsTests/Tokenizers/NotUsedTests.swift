import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import Testing

/// What of a prompt the token ids don't stand for.
@Suite("What tokenizers don't use")
struct NotUsedTests {
  private let clip: CLIPTokenizer
  private let t5: T5Tokenizer
  /// 32 and 24 tokens, and a CLIP whose vocabulary lacks most characters.
  private let miniCLIP: CLIPTokenizer
  private let miniT5: T5Tokenizer

  init() throws {
    clip = try CLIPTokenizer(folder: TokenizerFixtures.clipFolder)
    t5 = try T5Tokenizer(folder: TokenizerFixtures.t5Folder)
    miniCLIP = try CLIPTokenizer(folder: TokenizerFixtures.miniFolder.appending(path: "tokenizer"))
    miniT5 = try T5Tokenizer(folder: TokenizerFixtures.miniFolder.appending(path: "tokenizer_2"))
  }

  private let album =
    "make the whole picture look like an old hand coloured photograph from a family album with a soft white border and faded "
    + "corners"

  @Test("Two prompts that differ behind the last token say what is not used, each its own words")
  func cut() {
    for tail in [", and turn the sky green", ", and put a red top hat on the cat"] {
      let (ours, theirs) = (miniCLIP.encode(album + tail), miniT5.encode(album + tail))
      #expect(theirs.notUsed.hasSuffix(tail) && (album + tail).hasSuffix(theirs.notUsed))
      #expect(ours.notUsed.hasSuffix(tail) && (album + tail).hasSuffix(ours.notUsed))
      #expect(ours.replaced == [] && theirs.replaced == [])
      #expect(
        ours.warnings() == ["The prompt's end is not used by CLIP: \"\(ours.notUsed)\" (32 tokens at most)."])
      #expect(
        theirs.warnings(on: "caption")
          == ["The caption's end is not used by T5: \"\(theirs.notUsed)\" (24 tokens at most)."])
    }
    #expect(miniCLIP.encode(album + ", and turn the sky green").ids == miniCLIP.encode(album + ", and put a red hat on").ids)
  }

  @Test("A long prompt is cut for CLIP at 77 tokens and read whole by T5, and only CLIP's cut is said")
  func limits() {
    let prompt = (1...75).map { _ in "cat" }.joined(separator: " ")
    #expect(clip.encode(prompt).warnings() == [] && clip.encode(prompt).notUsed == "")
    #expect(clip.encode(prompt + " and Dog.").notUsed == "and Dog.")
    #expect(
      clip.encode(prompt + "\n and\tDog. ").warnings()
        == ["The prompt's end is not used by CLIP: \"and Dog.\" (77 tokens at most)."])
    #expect(t5.encode(prompt + " and Dog.").warnings() == [])
  }

  @Test("Characters that a vocabulary lacks are said as they are written, each stretch once")
  func replaced() {
    #expect(miniT5.encode("夜にしてください").replaced == ["夜にしてください"])
    #expect(miniT5.encode("make 夜 of 雪, or 夜.").replaced == ["夜", "雪"])
    #expect(
      miniT5.encode("make 夜 of 雪").warnings()
        == ["What the prompt says in characters that T5's vocabulary lacks is not used: \"夜\", \"雪\"."])
    #expect(miniT5.encode("make it night").replaced == [])
    // characters that swallow what follows, alone at the end
    #expect(miniT5.encode("make \u{600}").replaced == ["\u{600}"])
    // a presentation form that is lacking after it was replaced, with marks: the prompt's own characters are named
    #expect(miniT5.encode("it's ㍿ now").replaced == ["㍿"])
    #expect(t5.encode("make \u{E000} night").replaced == ["\u{E000}"])
    #expect(t5.encode("make \u{E000} night").warnings().first?.hasSuffix(": \"U+E000\".") == true)
    #expect(Set(miniCLIP.encode("夜にしてください").ids) == [1225, 1226])
    #expect(miniCLIP.encode("夜にしてください").replaced == ["夜にしてください"])
    #expect(miniCLIP.encode("夜にしてください").notUsed == "")
  }

  @Test("CLIP's own vocabulary has every byte: only characters that its clean-up drops are lacking")
  func bytes() {
    #expect(clip.encode("夜 ﷺ 🌙 é").warnings() == [])
    #expect(clip.encode("a\u{200B}b\u{7}\u{FEFF}").warnings() == [])
    #expect(clip.encode("a \u{F8FF} cat").replaced == ["\u{F8FF}"])
    let sentence = "What the prompt says in characters that CLIP's vocabulary lacks is not used: \"U+F8FF\"."
    #expect(clip.encode("a \u{F8FF} cat").warnings() == [sentence])
  }

  @Test("A CLIP that reads what it lacks as the text's end doesn't use what follows, and says so")
  func early() {
    let tokens = miniCLIP.encode("make it 夜 and put a Red hat on it")
    #expect(tokens.replaced == ["夜"] && tokens.notUsed == "and put a Red hat on it")
    #expect(
      tokens.warnings() == [
        "What the prompt says in characters that CLIP's vocabulary lacks is not used: \"夜\".",
        "The prompt's end is not used by CLIP: \"and put a Red hat on it\" (it takes \"夜\" for the end).",
      ])
    #expect(miniCLIP.encode("make it 夜").notUsed == "")
    let written = clip.encode("a cat<|endoftext|> and a dog")
    #expect(written.notUsed == "and a dog" && written.replaced == [])
    #expect(written.warnings().first?.hasSuffix("(it takes \"<|endoftext|>\" for the end).") == true)
  }

  @Test("A sentence stays one line and of bounded length, however the prompt is written")
  func sentences() {
    let prompt = String(repeating: "cat\n\u{2028}\t\u{7}", count: 4000) + String(repeating: " 夜\r\n", count: 200)
    for sentence in clip.encode(prompt).warnings() + t5.encode(prompt).warnings() + miniT5.encode(prompt).warnings() {
      #expect(!sentence.contains { $0.isNewline } && sentence.count < 400 && sentence.hasSuffix("."), "\(sentence)")
    }
    let many = (0..<40).compactMap { Unicode.Scalar(0x5000 + $0) }.map(String.init).joined(separator: " a ")
    #expect(t5.encode(many).replaced.count == 40)
    #expect(t5.encode(many).warnings().first?.hasSuffix("\"倉\", ….") == true)
  }

  @Test("For 2,000 strings and every length what isn't used is the prompt's end, and without it the ids stay")
  func ends() throws {
    for string in try TokenizerFixtures.strings() where string.count < 200 {
      for tokens in [miniCLIP.encode(string), clip.encode(string)] + [t5.encode(string), miniT5.encode(string)] {
        let whole = string.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(whole.utf8.reversed().starts(with: tokens.notUsed.utf8.reversed()), "\(string.debugDescription)")
        #expect(tokens.replaced.allSatisfy(string.contains), "\(string.debugDescription)")
      }
      // where the cut falls between words, the words before it have the same ids alone
      let short = miniT5.encode(string)
      let kept = String(decoding: string.utf8.dropLast(short.notUsed.utf8.count), as: UTF8.self)
      if !short.notUsed.isEmpty, string.hasSuffix(short.notUsed), kept.hasSuffix(" ") {
        let alone = miniT5.encode(kept)
        #expect(short.ids.starts(with: alone.ids.prefix(alone.count - 1)), "\(string.debugDescription)")
      }
    }
  }
}
