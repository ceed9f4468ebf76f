import Foundation
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@Suite struct PackingParity {
  let io: Golden

  init() throws {
    io = try Goldens.io("packing")
  }

  @Test("Packing and unpacking latents equal diffusers exactly") func packingAndUnpackingLatentsEqualDiffusersExactly() throws {
    try withTorchErrors {
      let latents = try io["latents"]
      #expect(try LatentPacking.pack(latents).distance(to: io["packed"]) == 0)
      #expect(try LatentPacking.unpack(io["packed"], rows: 3, columns: 5).distance(to: latents) == 0)
    }
  }

  @Test("Position ids of target and context equal diffusers exactly") func positionIdsOfTargetAndContextEqual() throws {
    try withTorchErrors {
      let target = try TokenGroup.gridPositions(rows: 3, columns: 5, index: 0, device: Goldens.device)
      let context = try TokenGroup.gridPositions(rows: 4, columns: 3, index: 1, device: Goldens.device)
      let pairs = [
        (target, try io["ids.target_3x5"]), (context, try io["ids.context_4x3"]),
        (concatenated([target, context], along: 0), try io["ids.concat"]),
      ]
      for (ours, reference) in pairs { #expect(ours.distance(to: reference) == 0) }
    }
  }
}

@Suite struct RopeParity {
  @Test("Tables at real width and far positions, and the turned queries, equal diffusers")
  func tablesAtRealWidthAndFarPositions() throws {
    struct Config: Decodable {
      let theta: Double
      let axes_dims_rope: [Int]
    }
    let io = try Goldens.io("rope")
    let config: Config = try io.config()
    try withTorchErrors {
      let table = RotaryTable(positions: try io["ids"], axes: config.axes_dims_rope, theta: config.theta)
      #expect(try table.cos.distance(to: io["cos"]) <= 1e-6)
      #expect(try table.sin.distance(to: io["sin"]) <= 1e-6)
      let rotated = table.rotate(try io["q"].transposed(1, 2)).transposed(1, 2)
      #expect(try rotated.distance(to: io["rotated"]) <= 1e-6)
    }
  }
}
