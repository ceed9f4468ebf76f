import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch
import Testing

/// Other tools' names against diffusers' own conversion and llama.cpp's table (`Proofs/layouts/make_layout_answers.py`).
@Suite("Layouts")
struct WeightLayoutTests {
  private func expectConverted(_ answer: LayoutAnswers.Conversion, as part: WeightLayout.Part) throws {
    let weights = NumberedWeights(answer.source)
    let found = try RecognisedWeights(weights, as: part)
    #expect(found.layout.name == "BFL's names" && found.layout.part == part && found.prefix.isEmpty)
    #expect(try #require(found.source.names).sorted() == answer.target.keys.sorted())
    for (name, target) in answer.target {
      #expect(found.source.shape(of: name) == target.shape, "\(name)")
      let expected = try target.rows.flatMap { try weights.values($0.name, rows: $0.rows) }
      let tensor = try withTorchErrors { try found.source.tensor(name) }
      #expect(tensor.shape == target.shape && tensor.array(of: Double.self) == expected, "\(name)")
    }
  }

  @Test("One double and one single block of FLUX in BFL's names, at their row counts, are what diffusers converts them to")
  func transformer() throws {
    let answer = try LayoutAnswers.read("transformer", as: LayoutAnswers.Conversion.self)
    let rows = Set(answer.source.values.compactMap(\.first))
    #expect(rows.isSuperset(of: [3072, 9216, 12288, 21504]))
    try expectConverted(answer, as: .transformer)
    let asked = try LayoutAnswers.shapes("flux-kontext").keys.filter { name in
      !name.contains("_blocks.") || name.contains("_blocks.0.")
    }
    #expect(Set(asked) == Set(answer.target.keys), "the names that our transformer asks for")
  }

  @Test("The autoencoder in BFL's names is what diffusers converts it to, and fits our model")
  func autoencoder() throws {
    let answer = try LayoutAnswers.read("autoencoder", as: LayoutAnswers.Conversion.self)
    try expectConverted(answer, as: .autoencoder)
    let config = AutoencoderConfig(latentChannels: 6, widths: [2, 3, 4, 5], groups: 1)
    let asked = try plan { try AutoencoderKL($0, config: config) }
    try checkFit(asked, to: RecognisedWeights(NumberedWeights(answer.source), as: .autoencoder).source)
  }

  @Test(
    "There and back, BFL's names hold the same numbers in the same shapes",
    arguments: [WeightLayout.Part.transformer, .autoencoder])
  func back(part: WeightLayout.Part) throws {
    let weights = NumberedWeights(try LayoutAnswers.read("\(part)", as: LayoutAnswers.Conversion.self).source)
    let there = try RecognisedWeights(weights, as: part).source
    let back = try #require(WeightLayout.bfl(part, for: there.names ?? [])).source(of: there)
    #expect(try #require(back.names).sorted() == weights.names)
    for name in weights.names ?? [] {
      let (found, expected) = try withTorchErrors { (try back.tensor(name), try weights.tensor(name)) }
      #expect(found.shape == expected.shape && found.array(of: Double.self) == expected.array(of: Double.self), "\(name)")
    }
    #expect(WeightLayout.bfl(.t5, for: []) == nil)
  }

  @Test("A T5 encoder in llama.cpp's names has transformers' names as gguf's table says, and fits our model")
  func t5() throws {
    let table = try LayoutAnswers.read("t5", as: [String: String].self)
    #expect(table.count == 30)
    let small = NumberedWeights(names: table.values)
    let found = try RecognisedWeights(small, as: .t5)
    #expect(found.layout.name == "llama.cpp's names")
    #expect(try #require(found.source.names).sorted() == table.keys.sorted())
    for (ours, theirs) in table {
      #expect(try found.source.tensor(ours).array(of: Double.self) == small.values(theirs, rows: 0..<1), "\(ours)")
    }
    let shapes = try LayoutAnswers.shapes("t5-xxl-encoder")
    let full = NumberedWeights(table.reduce(into: [:]) { $0[$1.value] = shapes[$1.key] })
    var config = try #require(try JSONSerialization.jsonObject(with: LayoutAnswers.config("t5-xxl-encoder")) as? [String: Any])
    config["num_layers"] = 3
    let three = try JSONDecoder().decode(T5Config.self, from: JSONSerialization.data(withJSONObject: config))
    try checkFit(plan { try T5Encoder($0, config: three) }, to: RecognisedWeights(full, as: .t5).source)
  }

  @Test("A fused tensor is read once for its parts in turn, and again when it is asked for again")
  func readOnce() throws {
    let answer = try LayoutAnswers.read("transformer", as: LayoutAnswers.Conversion.self)
    let weights = NumberedWeights(answer.source)
    let source = try RecognisedWeights(weights, as: .transformer).source
    let block = "single_transformer_blocks.0"
    let parts = ["attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp"].map { "\(block).\($0).bias" }
    try withTorchErrors {
      for name in parts { _ = try source.tensor(name) }
      #expect(weights.reads == ["single_blocks.0.linear1.bias"])
      for name in parts + ["norm_out.linear.bias"] { _ = try source.tensor(name) }
      #expect(weights.reads.count == 3, "\(weights.reads)")
      _ = try source.tensor(parts[0])
      source.releasePages()
      _ = try source.tensor(parts[1])
      #expect(weights.reads.count == 5, "\(weights.reads)")
    }
  }

  @Test("Rows that can't be dealt and names that a layout lacks are reported by the file's own names")
  func leftOver() throws {
    var shapes = try LayoutAnswers.read("transformer", as: LayoutAnswers.Conversion.self).source
    shapes["double_blocks.0.img_attn.qkv.bias"] = [9215]
    shapes["double_blocks.0.img_attn.scale"] = [1]
    shapes["single_blocks.0.linear2.bias"] = nil
    let source = try RecognisedWeights(NumberedWeights(shapes), as: .transformer).source
    let asked = ["transformer_blocks.0.attn.to_k.bias", "single_transformer_blocks.0.proj_out.bias"].map {
      WeightRequest(name: $0, shape: [3072], initial: .zeros)
    }
    let report = LoadReport(asked: asked, source: source)
    #expect(report.missing == asked.map(\.name) && report.matched == 0)
    #expect(report.unused.contains("double_blocks.0.img_attn.scale"))
  }
}
