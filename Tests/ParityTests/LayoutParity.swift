import Foundation
import LoRWeBPictures
import LoRWeBTorch
import Testing

@testable import LoRWeB

/// What the study of the embedded model found (docs/edit.md): layouts with fewer tokens paint nearly what the full canvas does.
@Suite struct LayoutParity {
  private func edit(_ name: String, _ change: (inout AnalogyEdit) -> Void) throws -> AnalogyEdit {
    let triplet = try EditParity.Triplet(name)
    var edit = AnalogyEdit(a: triplet.a, aPrime: triplet.aPrime, b: triplet.b)
    edit.details = .model
    change(&edit)
    return edit
  }

  /// In dB of the painted b'.
  private func likeness(_ one: AnalogyResult, _ other: AnalogyResult) -> Double {
    let squares = zip(one.painted.pixels, other.painted.pixels).reduce(0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    return 10 * log10(255 * 255 * Double(one.painted.pixels.count) / max(squares, 1e-9))
  }

  @Test("Quarter, lean and single paint nearly the full canvas's b', in that order of nearness", arguments: EditParity.triplets)
  func layouts(name: String) async throws {
    let editor = try AnalogyEditor(device: Goldens.deviceName, dtype: .float32)
    let exact = try await editor.edit(edit(name) { $0.effort = .exact })
    var found: [Double] = []
    for layout in [CanvasLayout.quarter, .lean, .single] {
      found.append(likeness(try await editor.edit(edit(name) { $0.canvas = layout }), exact))
    }
    print(name, found)
    #expect(found[0] >= 30 && found[1] >= 28 && found[2] >= 22, "\(found)")
    #expect(try await editor.edit(edit(name) { _ in }).recipe.layout == .single)
  }
}
