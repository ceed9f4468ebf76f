import Foundation
import LoRWeB
import LoRWeBTestSupport
import LoRWeBTraining
import Testing

@Suite("A rehearsal's canvas")
struct CanvasTests {
  @Test(
    "Is made of whole tokens of the model, four quarters of them; another is refused", arguments: [(64, true), (40, false)])
  func tokens(side: Int, isWhole: Bool) throws {
    let temporary = try TemporaryFolder()
    try ModelMaker(ModelPreset(named: "tiny"), seed: 1).write(to: temporary["model"])
    let plan = BasisTraining(
      model: temporary["model"], inputs: .random(canvas: side, textTokens: 3), output: temporary["run"])
    if isWhole {
      let token = try LoadedModel(ModelFolder(temporary["model"])).token()
      #expect(try plan.sizes().tokensPerStep == plan.config.batch * (3 + 2 * (side / token) * (side / token)))
    } else {
      let error = try #require(throws: TrainingError.self) { try plan.sizes() }
      #expect("\(error)".contains("the canvas is 40 pixels wide, expected a multiple of "))
    }
  }
}
