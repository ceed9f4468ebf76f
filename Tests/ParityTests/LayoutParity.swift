import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch
import Testing

@testable import LoRWeB

/// Layouts with fewer tokens paint nearly what the full canvas does, on the embedded model.
@Suite struct LayoutParity {
  /// In dB.
  private func likeness(_ one: Picture, _ other: Picture) -> Double {
    let squares = zip(one.pixels, other.pixels).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return one.size == other.size ? 10 * log10(255 * 255 * Double(one.pixels.count) / max(squares, 1e-9)) : 0
  }

  /// A study of 13 triplets found 41.7 dB (worst 36.1) for quarter, 39.8 (32.5) for lean, 33.6 (23.3) and 34.5 (29.0) for b alone
  /// at its place and at rows from 0, and 15.5 without the b at b''s own place.
  @Test(
    "With all b' decoded alone, quarter, lean and single paint nearly the full canvas's b', and the b at b''s place is needed",
    arguments: EditParity.triplets)
  func painted(name: String) throws {
    try withTorchErrors {
      try noGrad {
        let triplet = try EditParity.Triplet(name)
        let folder = try ModelFolder(EmbeddedModel.folder())
        let model = try LoadedModel(folder, residency: .everything, device: Goldens.device, dtype: .float32)
        let basis = try model.basis(BasisChoice(#require(folder.basis)))
        let plan = try model.canvasPlan(a: triplet.a.size, aPrime: triplet.aPrime.size, b: triplet.b.size)
        let canvas = try plan.canvas(a: triplet.a, aPrime: triplet.aPrime, b: triplet.b)
        let mix = Mix(basis: try basis.basis(), query: try triplet("query"))
        let adapter = FittedAdapter(mix, basis.fit, key: name, rank: 1)
        let conditioning = try model.conditioning("")
        let seen = [CanvasLayout.single: try plan.modelPicture(ofB: triplet.b)]

        func bPrime(_ layout: CanvasLayout, without part: Int? = nil) throws -> Picture {
          var parts = layout.parts(of: plan)
          if let part { parts.context.remove(at: part) }
          let painting = Painting(
            context: try model.latents(of: seen[layout] ?? canvas), target: plan.canvas, parts: parts,
            factor: try model.spatialFactor(), conditioning: [conditioning], seeds: [0], steps: 1, guidance: 1)
          let latents = try model.paint(painting, with: adapter, as: .fuse)
          let side = latents.size(3) / 2
          return try model.picture(
            of: layout == .full ? latents.narrowed(2, from: side, count: side).narrowed(3, from: side, count: side) : latents)
        }

        let full = try bPrime(.full)
        let found = try [CanvasLayout.quarter, .lean, .single].map { likeness(try bPrime($0), full) }
        #expect(found[0] >= 35 && found[1] >= 31 && found[2] >= 26, "\(found)")
        let astray = likeness(try bPrime(.lean, without: 1), full)
        #expect(astray < 24, "\(astray)")
      }
    }
  }

  @Test(
    "An edit on the canvas single is near the exact one, whose b' is cut out of the decoded canvas",
    arguments: EditParity.triplets)
  func edits(name: String) async throws {
    let triplet = try EditParity.Triplet(name)
    let editor = try AnalogyEditor(device: Goldens.deviceName, dtype: .float32)
    var edit = AnalogyEdit(a: triplet.a, aPrime: triplet.aPrime, b: triplet.b)
    (edit.details, edit.canvas) = (.model, .single)
    let single = try await editor.edit(edit)
    (edit.effort, edit.canvas) = (.exact, nil)
    let exact = try await editor.edit(edit)
    #expect(single.recipe.layout == .single && exact.recipe.layout == .full && single.recipe.steps == 1)
    let found = likeness(single.painted, exact.painted)
    #expect(found >= 26 && found < 60, "\(found)")
  }
}
