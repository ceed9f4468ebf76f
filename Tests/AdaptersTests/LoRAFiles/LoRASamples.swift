import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// Files of every dialect with what diffusers makes of them (Proofs/lora), and files a test writes.
enum LoRASamples {
  /// The transformer of the answers.
  static let config = FluxConfig(
    inputChannels: 4, doubleBlocks: 1, singleBlocks: 1, headWidth: 6, heads: 1, textWidth: 5, pooledWidth: 4,
    rotaryAxes: [2, 2, 2])
  static let names = [
    "diffusers", "peft", "kohya", "kohya_diagonal", "control", "fal", "comfyui", "comfyui_ab", "onetrainer",
  ]

  static func linears() throws -> [AdaptedLinear] { try AdaptedLinear.all(in: config) { _ in true } }

  static func url(_ name: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Answers/\(name).safetensors")
  }

  /// What diffusers adds to each linear's weights, by path.
  static func deltas(_ name: String) throws -> [String: Tensor] {
    let file = try SafetensorsFile(url("\(name).deltas"))
    return try file.names.reduce(into: [:]) { $0[$1] = try file.tensor($1) }
  }

  static func file(_ name: String) throws -> LoRAFile {
    try LoRAFile(url(name), for: linears(), leavingOut: name == "control" ? [.biases, .norms] : [])
  }

  /// A LoRA of rank 2 on one linear, under names of diffusers, and whatever a test makes of it.
  static func written(
    in folder: TemporaryFolder, metadata: SafetensorsMetadata = [:], _ change: (inout [String: Tensor]) throws -> Void
  ) throws -> URL {
    try withTorchErrors {
      let generator = try Generator(seed: 5)
      var tensors = [
        "\(key).lora_A.weight": Tensor.randn([2, 6], generator: generator),
        "\(key).lora_B.weight": Tensor.randn([6, 2], generator: generator),
      ]
      try change(&tensors)
      var writer = SafetensorsWriter(metadata: metadata)
      for (name, tensor) in tensors { writer.add(name, tensor) }
      let url = folder["lora.safetensors"]
      try writer.write(to: url)
      return url
    }
  }

  static let path = "transformer_blocks.0.attn.to_q"
  static let key = "transformer.\(path)"
}

/// Fails unless the body throws a `LoRAFileError` of that kind whose text is one sentence with all these words.
func expectLoRARefusal(
  _ kind: LoRAFileError.Kind, _ words: String..., location: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("nothing was refused", sourceLocation: location)
  } catch let error as LoRAFileError {
    let text = error.localizedDescription
    #expect(error.kind == kind, "\(text)", sourceLocation: location)
    for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
    #expect(text.hasSuffix(".") && !text.contains("\n"), "\(text)", sourceLocation: location)
    #expect(text.firstMatch(of: /[.!?]\s+\p{Lu}/) == nil, "\(text)", sourceLocation: location)
  } catch {
    Issue.record("\(error) is no LoRAFileError", sourceLocation: location)
  }
}
