import ArgumentParser
import Foundation
import LoRWeB
import LoRWeBTorch

struct ConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", abstract: "Writes a model's weights in another layout or type, as safetensors.",
    discussion: """
      IN is a file or component folder in any form that edit reads: diffusers', BFL's or ComfyUI's names, fp8, GGUF. OUT is one file \
      if its name ends in .safetensors, else a new folder with config.json and the weights. Nothing that is there is replaced.
      """)

  @Argument(help: "A file of weights or a component's folder.") var input: URL
  @Argument(help: "The file or folder to make; it must not be there yet.") var output: URL
  @Option(help: "diffusers or bfl: whose names the tensors get.") var to = WeightConversion.Naming.diffusers
  @Option(help: "float32, bfloat16 or float16; as stored if left out, bfloat16 for quantised files.") var dtype: ComputeType?
  @Option(help: "The part's config.json, where its sizes aren't FLUX.1-Kontext-dev's.") var config: URL?
  @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

  func run() async throws {
    let console = Console(quiet: quiet)
    try await interruptible { [self] in
      defer { console.clear() }
      let conversion = try WeightConversion(input, to: to, dtype: dtype?.dtype, config: config)
      try conversion.write(to: output) { console.progress("writing \(conversion.part.words)", fraction: $0) }
    }
    print(output.path(percentEncoded: false))
  }
}

extension WeightConversion.Naming: ExpressibleByArgument {}
