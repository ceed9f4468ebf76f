import Foundation
import LoRWeBModels
import Testing

@Suite("FLUX at full size and in configurations no model has")
struct FluxConfigTests {
  @Test("Kontext and Fill ask for diffusers' names and shapes", arguments: [("flux-kontext", 64), ("flux-fill", 384)])
  func shapes(list: String, inputs: Int) throws {
    let config: FluxConfig = try readConfig(from: ShapeLists.json(list), named: list)
    #expect(config.inputChannels == inputs && config.outputChannels == 64 && config.hasGuidance && config.width == 3072)
    try ShapeLists.expect(list) { try FluxTransformer($0, config: config) }
  }

  @Test("Kontext has 11,901,408,320 parameters")
  func parameterCount() throws {
    let requests = try plan { try FluxTransformer($0, config: FluxConfig()) }
    #expect(requests.reduce(0) { $0 + $1.shape.reduce(1, *) } == 11_901_408_320)
  }

  @Test("A configuration written and read is the same")
  func roundTrip() throws {
    let config = FluxConfig.tiny
    #expect(try readConfig(FluxConfig.self, from: JSONEncoder().encode(config), named: "x") == config)
  }

  @Test("Missing output channels are the input's, missing guidance is none, as diffusers has it")
  func defaults() throws {
    var values = try values()
    values["out_channels"] = NSNull()
    values["guidance_embeds"] = nil
    let config = try read(values)
    #expect(config.outputChannels == config.inputChannels && !config.hasGuidance)
  }

  @Test(
    "Sizes no model can have are refused by their key, before any arithmetic or memory",
    arguments: [
      ("in_channels", 0), ("in_channels", -64), ("out_channels", 0), ("num_layers", -1), ("num_layers", 1_000_000_000),
      ("num_single_layers", -2), ("attention_head_dim", 0), ("attention_head_dim", Int.max), ("num_attention_heads", Int.max),
      ("num_attention_heads", Int.min), ("joint_attention_dim", 1 << 40), ("pooled_projection_dim", 0), ("patch_size", 2),
      ("num_attention_heads", 65536),
    ])
  func absurd(key: String, value: Int) throws {
    var values = try values()
    values[key] = value
    expectBadConfig(key) { _ = try plan { try FluxTransformer($0, config: read(values)) } }
  }

  @Test(
    "Rotary shares must be three even numbers that make the head's width",
    arguments: [[], [16], [4, 6, 8], [5, 5, 6], [0, 8, 8], [-4, 10, 10], [Int.max, Int.max, 18]])
  func rotary(axes: [Int]) throws {
    var values = try values()
    values["axes_dims_rope"] = axes
    expectBadConfig("axes_dims_rope") { _ = try plan { try FluxTransformer($0, config: read(values)) } }
  }

  @Test("Missing keys and values of other types are refused by file and key")
  func types() throws {
    for key in ["in_channels", "num_layers", "num_attention_heads", "joint_attention_dim"] {
      for value in [nil, "many", 1.5, [1]] as [Any?] {
        var values = try values()
        values[key] = value
        expectBadConfig("config.json", key == "" ? "" : (value as? Double == nil ? key : "whole")) { _ = try read(values) }
      }
    }
    for text in ["", "{", "[]", "null", "7"] {
      expectBadConfig("config.json") { _ = try readConfig(FluxConfig.self, from: Data(text.utf8), named: "config.json") }
    }
  }

  private func values() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(FluxConfig.tiny)) as? [String: Any])
  }

  private func read(_ values: [String: Any]) throws -> FluxConfig {
    try readConfig(from: JSONSerialization.data(withJSONObject: values), named: "transformer/config.json")
  }

  private func expectBadConfig(_ words: String..., location: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("nothing was refused", sourceLocation: location)
    } catch ModelError.badConfig(let text) {
      for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
      #expect(text.hasSuffix(".") && text.firstMatch(of: /[.!?]\s+\p{Lu}/) == nil, "\(text)", sourceLocation: location)
    } catch {
      Issue.record("\(error)", sourceLocation: location)
    }
  }
}

extension FluxConfig {
  /// Small enough for a test, with two blocks of each kind.
  static let tiny = FluxConfig(
    inputChannels: 8, doubleBlocks: 2, singleBlocks: 2, headWidth: 16, heads: 2, textWidth: 12, pooledWidth: 10,
    rotaryAxes: [4, 6, 6])
}
