import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBPictures
import LoRWeBTorch
import LoRWeBTraining
import Testing

@Suite("Captions that aren't seen whole")
struct CaptionCheckTests {
  private func set(_ captions: [String], reverse: String = "") -> AnalogySet {
    let picture = PictureSource(url: URL(filePath: "none.png"), size: PictureSize(width: 32, height: 32))
    let pairs = captions.enumerated().map { index, caption in
      AnalogyPair(
        id: "t/\(index)", before: picture, after: picture, instruction: caption, reverseInstruction: reverse)
    }
    return AnalogySet(root: URL(filePath: "none"), layout: .pairs, tasks: [AnalogyTask(name: "t", pairs: pairs)])
  }

  @Test("Are counted, each tokenizer's in a sentence with the first of them")
  func counted() throws {
    let model = try LoadedModel(ModelFolder(EmbeddedModel.folder()))
    func warnings(_ set: AnalogySet, _ directions: AnalogyDirections = .forward) throws -> [String] {
      try CaptionCheck.warnings(on: set, directions, tokens: model.backbone.tokens)
    }
    let long = Array(repeating: "and make it darker than before", count: 20).joined(separator: " ")
    #expect(try warnings(set(["make it dark", "make it light"])) == [])
    let both = try warnings(set(["make it dark", "a \(long)", "b \(long)", "b \(long)"]))
    #expect(both.count == 2)
    for warning in both {
      #expect(warning.hasPrefix("2 of the set's 3 different captions are not seen whole, first \"a and make it"), "\(warning)")
      #expect(warning.contains("The caption's end is not used by "), "\(warning)")
    }
    #expect(try warnings(set(["make it dark"], reverse: long)) == [])
    #expect(try warnings(set(["make it dark"], reverse: long), .both).count == 2)
    let lacking = try warnings(set(["make it \u{16A0}\u{16A2}", "make it dark"]))
    #expect(!lacking.isEmpty && lacking.allSatisfy { $0.hasPrefix("1 of the set's 2") && $0.contains("\u{16A0}\u{16A2}") })
  }
}
