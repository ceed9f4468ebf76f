import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@Suite("Resizing, Parity")
struct ResizeParity {
  private struct Notes: Decodable {
    let sizes_wh: [String: [Int]]
  }

  private func picture(_ name: String, of golden: Golden) throws -> Picture { try Picture(samples: golden[name]) }

  @Test("Resized pictures equal Pillow's to the bit", arguments: [ResamplingFilter.bicubic, .lanczos, .bilinear])
  func filters(_ filter: ResamplingFilter) throws {
    let golden = try Goldens.io("resize")
    let image = try picture("image", of: golden)
    let sizes = try golden.notes(Notes.self).sizes_wh
    #expect(sizes.count == 6)
    for (name, size) in sizes {
      let resized = try image.resized(to: PictureSize(width: size[0], height: size[1]), filter: filter)
      #expect(try resized == (picture("\(filter).\(name)", of: golden)), "\(name)")
    }
  }

  @Test("The autoencoder's input is resized and scaled to -1 … 1 as diffusers does")
  func autoencoderInput() throws {
    let golden = try Goldens.io("resize")
    let resized = try picture("image", of: golden).resized(to: PictureSize(width: 64, height: 48), filter: .lanczos)
    #expect(try resized == (picture("vae_processor.resized", of: golden)))
    try withTorchErrors {
      let expected = try golden["vae_processor.pixel_values"]
      let ours = try (Tensor.unit(resized) * 2 - 1).unsqueezed(0).to(Goldens.device)
      #expect(ours.distance(to: expected) <= 1e-6)
    }
  }

  @Test("The autoencoder's output becomes levels as diffusers rounds them")
  func autoencoderOutput() throws {
    let golden = try Goldens.io("resize")
    try withTorchErrors {
      let unit = try golden["postprocess.in"].squeezed(0) / 2 + 0.5
      #expect(try Picture(unit: unit) == picture("postprocess.uint8", of: golden))
    }
  }
}
