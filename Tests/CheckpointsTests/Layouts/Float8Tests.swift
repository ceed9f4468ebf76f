import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// fp8 weights against torch (`Proofs/layouts/make_layout_answers.py`), through files as ComfyUI writes them.
@Suite("fp8 weights")
struct Float8Tests {
  private struct Answers: Decodable {
    let scale: UInt32
    let bits: [String: [Int32?]]

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      scale = UInt32(bitPattern: try values.decode(Int32.self, forKey: Key(stringValue: "scale")))
      bits = try values.allKeys.filter { $0.stringValue != "scale" }.reduce(into: [:]) {
        $0[$1.stringValue] = try values.decode([Int32?].self, forKey: $1)
      }
    }

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }
  }

  private let folder: TemporaryFolder
  private let answers: Answers

  init() throws {
    folder = try TemporaryFolder()
    answers = try LayoutAnswers.read("float8", as: Answers.self)
  }

  /// A file with all 256 bytes as the weight "layer.weight" [16, 16], and other tensors behind it.
  private func source(_ type: String, _ others: [(name: String, type: String, shape: [Int], bytes: [UInt8])] = []) throws
    -> Float8Source
  {
    var data = (0...255).map { UInt8($0) }
    var entries = [#""layer.weight":{"dtype":"\#(type)","shape":[16,16],"data_offsets":[0,256]}"#]
    for other in others {
      let end = data.count + other.bytes.count
      entries.append(
        #""\#(other.name)":{"dtype":"\#(other.type)","shape":\#(other.shape),"data_offsets":[\#(data.count),\#(end)]}"#)
      data += other.bytes
    }
    try Data(safetensors("{\(entries.joined(separator: ","))}", data: data)).write(to: folder["w.safetensors"])
    return Float8Source(try CheckpointSource(folder["w.safetensors"]))
  }

  private func expect(_ tensor: Tensor, _ bits: [Int32?], location: SourceLocation = #_sourceLocation) {
    #expect(tensor.dtype == .float32 && tensor.shape == [16, 16], sourceLocation: location)
    let found = tensor.array(of: Float.self).map { $0.isNaN ? nil : Int32(bitPattern: $0.bitPattern) }
    #expect(found == bits, sourceLocation: location)
  }

  private var scaleBytes: [UInt8] { withUnsafeBytes(of: answers.scale.littleEndian, Array.init) }

  @Test("Every byte is torch's number, plain and scaled", arguments: ["F8_E4M3", "F8_E5M2"])
  func bytes(type: String) throws {
    let plain = try source(type)
    #expect(plain.names == ["layer.weight"])
    expect(try plain.tensor("layer.weight"), try #require(answers.bits["\(type).plain"]))
    let input = [UInt8](repeating: 0, count: 4)
    let forms =
      [
        [
          ("layer.scale_weight", "F32", [], scaleBytes), ("layer.scale_input", "F32", [1], input),
          ("scaled_fp8", type, [2], [0, 0]),
        ],
        [
          ("layer.weight_scale", "F32", [1], scaleBytes), ("layer.input_scale", "F32", [], input),
          ("layer.comfy_quant", "U8", [1], [1]),
        ],
        [("layer.scale_weight", "F32", [16, 1], (0..<16).flatMap { _ in scaleBytes })],
      ] as [[(String, String, [Int], [UInt8])]]
    for form in forms {
      let scaled = try source(type, form)
      #expect(scaled.names == ["layer.weight"])
      expect(try scaled.tensor("layer.weight"), try #require(answers.bits["\(type).scaled"]))
    }
  }

  @Test("Tensors of other types pass as they are; a scale without its weight keeps its name")
  func others() throws {
    let source = try source("F8_E4M3", [("bias", "I32", [1], [1, 0, 0, 0]), ("stranger.scale_weight", "F32", [], scaleBytes)])
    #expect(Set(try #require(source.names)) == ["layer.weight", "bias", "stranger.scale_weight"])
    #expect(try source.tensor("bias").dtype == .int32)
  }

  @Test("A scale of another shape, and whole numbers with a scale, are refused")
  func refused() throws {
    for (type, shape) in [("F8_E4M3", [2]), ("F8_E4M3", [1, 16]), ("I8", [])] {
      let bytes = (0..<shape.reduce(1, *)).flatMap { _ in scaleBytes }
      let source = try source(type, [("layer.scale_weight", "F32", shape, bytes)])
      let error = try #require(checkpointError { _ = try source.tensor("layer.weight") })
      expectSentence(error, naming: "w.safetensors")
      #expect(error.kind == .otherWeights && error.problem.contains("\"layer.weight\""))
    }
  }

  @Test("A scaled file in BFL's names, in whole or as a part, is recognised and its fused rows are dealt after scaling")
  func recognised() throws {
    var shapes = try LayoutAnswers.read("transformer", as: LayoutAnswers.Conversion.self).source
    for name in shapes.keys where name.hasSuffix("qkv.weight") {
      shapes[name.replacing("qkv.weight", with: "qkv.scale_weight")] = []
    }
    shapes["scaled_fp8"] = [2]
    for prefix in ["", "model.diffusion_model."] {
      let weights = NumberedWeights(shapes, prefix: prefix)
      let source = try RecognisedWeights(weights, as: .transformer).source
      #expect(try #require(source.names).allSatisfy { !$0.contains("scale_weight") && !$0.contains("scaled_fp8") })
      try withTorchErrors {
        let key = try source.tensor("transformer_blocks.0.attn.to_k.weight")
        let fused = "\(prefix)double_blocks.0.img_attn.qkv."
        let scale = Float(try weights.values("\(fused)scale_weight", rows: 0..<1)[0])
        let expected = try weights.values("\(fused)weight", rows: 3072..<6144).map { Float($0) * scale }
        #expect(key.array(of: Float.self) == expected)
      }
    }
  }
}
