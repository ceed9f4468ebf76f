import Foundation
import LoRWeBAdapters
import LoRWeBModels
import Testing

@Suite("The published basis, from configurations alone")
struct SizeTests {
  private static let shapes = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ModelsTests/Shapes")

  private struct Counts: Decodable {
    let N, r, d, Q, linears, tensors, parameters: Int
  }

  private func adapted(_ list: String) throws -> [AdaptedLinear] {
    let json = try Data(contentsOf: Self.shapes.appending(path: "\(list).json"))
    return try AdaptedLinear.all(in: readConfig(FluxConfig.self, from: json, named: list))
  }

  @Test("Kontext has 494 adapted linears, those of the Python model, and the basis 835,051,520 parameters")
  func kontext() throws {
    let counts = try JSONDecoder().decode(
      Counts.self, from: Data(contentsOf: Self.shapes.appending(path: "adapted-linears.json")))
    let layers = try adapted("flux-kontext")
    #expect(layers.count == 494 && counts.linears == 494)
    let lines = try String(contentsOf: Self.shapes.appending(path: "adapted-linears.txt"), encoding: .utf8).split(
      separator: "\n")
    #expect(Set(layers.map { "\($0.path) \($0.inputs) \($0.outputs)" }) == Set(lines.map(String.init)))
    let size = BasisSize(count: counts.N, rank: counts.r, keyWidth: counts.d, queryWidth: counts.Q)
    #expect(size.parameterCount(layers) == 835_051_520 && counts.parameters == 835_051_520)
  }

  @Test("The basis a scope is asked for has those tensors")
  func planned() throws {
    let layers = try adapted("flux-kontext")
    let size = BasisSize(count: 32, rank: 4, keyWidth: 128, queryWidth: 2304)
    let requests = try plan { try LoRABasis($0, layers: layers, size: size, settings: .paper) }
    #expect(requests.count == 1976)
    #expect(requests.reduce(0) { $0 + $1.shape.reduce(1, *) } == 835_051_520)
    #expect(
      requests.contains { $0.name == "transformer.single_transformer_blocks.37.proj_out.lora_A" && $0.shape == [32, 15360, 4] })
    #expect(
      requests.contains {
        $0.name == "transformer.transformer_blocks.0.norm1.linear.att_lora_to_q.weight" && $0.shape == [128, 2304]
      })
  }

  @Test("Fill's blocks have the same linears: only its ends are wider")
  func fill() throws {
    #expect(try adapted("flux-fill") == adapted("flux-kontext"))
  }
}
