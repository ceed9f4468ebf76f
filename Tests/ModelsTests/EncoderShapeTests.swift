import LoRWeBModels
import Testing

@Suite("Full-size encoders")
struct EncoderShapeTests {
  @Test("CLIP-L's text encoder asks for transformers' names and shapes")
  func clipText() throws {
    let config: CLIPTextConfig = try readConfig(from: ShapeLists.json("clip-l-text"), named: "clip-l-text")
    try ShapeLists.expect("clip-l-text") { try CLIPTextModel($0, config: config) }
  }

  @Test("T5-XXL's encoder asks for transformers' names and shapes")
  func t5() throws {
    let config: T5Config = try readConfig(from: ShapeLists.json("t5-xxl-encoder"), named: "t5-xxl-encoder")
    try ShapeLists.expect("t5-xxl-encoder") { try T5Encoder($0, config: config) }
  }

  @Test("CLIP-L's vision encoder asks for transformers' names and shapes")
  func clipVision() throws {
    guard case .clip(let config) = try ImageEncoderConfig(json: ShapeLists.json("clip-l-vision")) else {
      Issue.record("not read as CLIP")
      return
    }
    #expect(config.projectionWidth == 768)
    try ShapeLists.expect("clip-l-vision") { try CLIPVisionModel($0, config: config) }
  }

  @Test(
    "SigLIP-so400m and the fixed-size SigLIP2 ask for transformers' names and shapes",
    arguments: [
      ("siglip-so400m-384", 1152), ("siglip2-base-224", 768),
    ])
  func siglip(_ list: String, _ width: Int) throws {
    let kind = try ImageEncoderConfig(json: ShapeLists.json(list))
    guard case .siglip(let config) = kind else {
      Issue.record("not read as SigLIP")
      return
    }
    #expect(kind.width == width)
    try ShapeLists.expect(list) { try SigLIPVisionModel($0, config: config) }
  }
}
