import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// Edits on their way: pictures → canvas → query → mix; prompt → conditioning; canvas → latents; painting; decoding; details.
struct EditWork {
  private let model: LoadedModel
  private let basis: OpenedBasis
  private let names: EditedBy

  init(_ model: LoadedModel, basis: OpenedBasis, by names: EditedBy) {
    (self.model, self.basis, self.names) = (model, basis, names)
  }

  /// One edit, laid out: what can be known of it without the model.
  private struct LaidOut {
    let edit: AnalogyEdit
    let sampling: SamplingSettings
    let plan: CanvasPlan
    let canvas: Picture
    /// The picture whose latents are attended to.
    let encoded: Picture
    var parts: CanvasParts { sampling.canvas.parts(of: plan) }
  }

  /// One edit, encoded.
  private struct Encoded {
    let laidOut: LaidOut
    /// nil for an edit that the basis has no part in.
    let mix: Mix?
    let conditioning: Conditioning
    let context: Tensor
    /// b at the size of b′, where its details are carried; its latents are made by then.
    let guide: Picture?

    /// Edits with the same of these can be painted together.
    var kind: [AnyHashable] {
      let sampling = laidOut.sampling
      return [laidOut.parts, sampling.steps, sampling.guidance, sampling.solver, sampling.keep, laidOut.edit.use, mix == nil]
        + conditioning.tensors.sorted { $0.key < $1.key }.map(\.value.shape)
    }
  }

  func perform(_ edits: [AnalogyEdit], _ report: @escaping (EditStep) -> Void) throws -> [AnalogyResult] {
    defer { if !model.parts.keeps { Engine.trimMemory() } }
    let laidOut = try edits.map(layOut)
    let encoded = try encode(laidOut, report)
    var painted = [Picture?](repeating: nil, count: edits.count)
    var done = 0
    for batch in batches(encoded) {
      let (start, share) = (0.15 + 0.8 * Double(done) / Double(edits.count), 0.8 * Double(batch.count) / Double(edits.count))
      let latents = try paint(batch.map { encoded[$0] }, from: start, share: 0.9 * share, report)
      for (place, index) in batch.enumerated() {
        let (plan, layout) = (laidOut[index].plan, laidOut[index].sampling.canvas)
        report(EditStep(stage: .decoding, fraction: start + share * (0.9 + 0.1 * Double(place) / Double(batch.count))))
        painted[index] = try layout.bPrime(of: model.picture(of: latents.narrowed(0, from: place, count: 1)), plan)
        try Task.checkCancellation()
      }
      done += batch.count
    }
    report(EditStep(stage: .carryingDetails, fraction: 0.95))
    let results = try zip(encoded, painted.compactMap(\.self)).map { try finish($0, $1) }
    report(EditStep(stage: .done, fraction: 1, results: results))
    return results
  }

  private func layOut(_ edit: AnalogyEdit) throws -> LaidOut {
    let sampling = try edit.sampling(else: model.usage)
    try sampling.check(model.backbone)
    let plan = try model.canvasPlan(a: edit.a.size, aPrime: edit.aPrime.size, b: edit.b.size)
    let canvas = try plan.canvas(a: edit.a, aPrime: edit.aPrime, b: edit.b)
    return LaidOut(
      edit: edit, sampling: sampling, plan: plan, canvas: canvas,
      encoded: try sampling.canvas.encoded(canvas, b: edit.b, plan))
  }

  private func encode(_ edits: [LaidOut], _ report: (EditStep) -> Void) throws -> [Encoded] {
    report(EditStep(stage: .lookingAtPictures, fraction: 0))
    let mixes = try edits.map(mix)
    try Task.checkCancellation()
    report(EditStep(stage: .readingPrompt, fraction: 0.05))
    let conditionings = try edits.map { try model.conditioning($0.edit.prompt) }
    try Task.checkCancellation()
    report(EditStep(stage: .encoding, fraction: 0.1))
    return try zip(edits, zip(mixes, conditionings)).map { laidOut, told in
      let guide = laidOut.edit.details == .carry ? try laidOut.plan.modelPicture(ofB: laidOut.edit.b) : nil
      // Encoded beside the canvas, so that the half that encodes is loaded once.
      _ = try guide.map(model.latents)
      let context = try model.latents(of: laidOut.encoded)
      return Encoded(laidOut: laidOut, mix: told.0, conditioning: told.1, context: context, guide: guide)
    }
  }

  /// The basis mixed for an edit's pictures; nil at strength 0.
  private func mix(_ laidOut: LaidOut) throws -> Mix? {
    guard laidOut.edit.strength != 0 else { return nil }
    let mode = basis.file.router.settings.queryMode
    let views = try mode.views.map { try $0.picture(of: laidOut.canvas, crops: laidOut.plan.crops) }
    let query = mode.query(from: try model.embeddings(of: views))
    return Mix(basis: try basis.basis(), query: query, strength: laidOut.edit.strength)
  }

  /// Indices of edits that are painted together, as many as memory allows.
  private func batches(_ edits: [Encoded]) -> [[Int]] {
    var batches: [[Int]] = []
    for (index, edit) in edits.enumerated() {
      let place = batches.firstIndex { batch in
        let first = edits[batch[0]]
        return first.kind == edit.kind && batch.count < Self.most(like: first)
      }
      if let place { batches[place].append(index) } else { batches.append([index]) }
    }
    return batches
  }

  /// How many samples go through a transformer at once: an eighth of the memory for what is on its way, reckoned at two dozen
  /// fp32 tensors a sample of target and context tokens, 3072 channels wide as FLUX's, and two more a block, of which FLUX has 57,
  /// where keys and values are kept. At least one, at most 16.
  private static func most(like edit: Encoded) -> Int {
    let factor = edit.laidOut.encoded.width / max(edit.context.size(3), 1)
    let tokens = edit.laidOut.parts.tokens(of: LatentPacking.side * factor)
    let tensors = edit.laidOut.sampling.keep > 1 ? 24 + 2 * 57 : 24
    let bytes = max(tokens.painted + tokens.context, 1) * 3072 * 4 * tensors
    return min(max(Int(clamping: ProcessInfo.processInfo.physicalMemory / 8) / bytes, 1), 16)
  }

  private func paint(
    _ edits: [Encoded], from start: Double, share: Double, _ report: @escaping (EditStep) -> Void
  ) throws -> Tensor {
    let (first, sampling) = (edits[0], edits[0].laidOut.sampling)
    report(EditStep(stage: .loadingTransformer, fraction: start))
    let painting = Painting(
      context: concatenated(edits.map(\.context), along: 0), target: first.laidOut.plan.canvas, parts: first.laidOut.parts,
      factor: try model.spatialFactor(), conditioning: edits.map(\.conditioning), seeds: edits.map(\.laidOut.sampling.seed),
      steps: sampling.steps, guidance: sampling.guidance, solver: sampling.solver, keep: sampling.keep)
    return try model.paint(painting, with: adapter(edits), as: first.laidOut.edit.use) { progress in
      try Task.checkCancellation()
      let previews = progress.estimate.map { estimate in edits.enumerated().map { Self.preview($1, $0, estimate()) } }
      report(
        EditStep(
          stage: .sampling, fraction: start + share * Double(progress.done) / Double(progress.count),
          sampling: (progress.done, progress.count), previews: previews ?? []))
    }
  }

  private static func preview(_ edit: Encoded, _ index: Int, _ latents: Tensor) -> EditPreview {
    let (laidOut, plan, context) = (edit.laidOut, edit.laidOut.plan, edit.context)
    return EditPreview {
      let colors = try LatentColors(picture: laidOut.encoded, latents: context)
      let painting = try colors.picture(of: latents.narrowed(0, from: index, count: 1))
      guard laidOut.sampling.canvas == .full else { return painting }
      let x = painting.width * plan.paintedQuarter.x / plan.canvas.width
      let y = painting.height * plan.paintedQuarter.y / plan.canvas.height
      return try painting.cropped(to: PictureRectangle(x: x, y: y, width: painting.width - x, height: painting.height - y))
    }
  }

  /// What a batch's edits have in common, or a mix with coefficients of its own for each.
  private func adapter(_ edits: [Encoded]) throws -> FittedAdapter? {
    let mixes = edits.compactMap(\.mix)
    guard let first = mixes.first else { return nil }
    let rank = basis.file.size.count * basis.file.size.rank
    // Mixes of the same pictures, strength and basis are the same.
    let keys: [[AnyHashable]] = edits.map(\.laidOut.edit).map {
      [Seen($0.a), Seen($0.aPrime), Seen($0.b), $0.strength, basis.file.url.path]
    }
    if keys.allSatisfy({ $0 == keys[0] }) { return FittedAdapter(first, basis.fit, key: keys[0], rank: rank) }
    let coefficients = first.coefficients.keys.map { path in
      (path, concatenated(mixes.compactMap { mix in mix.coefficients[path].map { $0 * mix.strength } }, along: 0))
    }
    let batch = Mix(basis: first.basis, coefficients: Dictionary(coefficients) { first, _ in first })
    return FittedAdapter(batch, basis.fit, key: keys, rank: rank)
  }

  /// The painted b′ at b's size, with b's transparency, and how it came about.
  private func finish(_ encoded: Encoded, _ painted: Picture) throws -> AnalogyResult {
    let (edit, plan, sampling) = (encoded.laidOut.edit, encoded.laidOut.plan, encoded.laidOut.sampling)
    let picture =
      if let guide = encoded.guide {
        try DetailTransfer().apply(to: edit.b, guide: model.autoencoded(guide), target: painted)
      } else { try plan.restored(painted).withAlpha(edit.b.alpha) }
    let warnings = edit.warnings + basis.file.warnings + encoded.conditioning.warnings
    let recipe = Recipe(
      model: names.model, basis: names.basis, encoder: names.encoder, prompt: edit.prompt, seed: edit.seed,
      steps: sampling.steps, guidance: sampling.guidance, strength: edit.strength, solver: sampling.solver,
      layout: sampling.canvas, keep: sampling.keep, details: edit.details,
      pictures: edit.pictures, files: try model.files(with: basis), machine: Recipe.Machine(),
      picture: Recipe.Content(pixelsOf: picture), device: model.device.description, dtype: model.dtype.description,
      canvas: plan, meanCoefficients: encoded.mix?.meanCoefficients() ?? [],
      warnings: warnings + (encoded.mix?.warnings() ?? [Mix.silentAtStrengthZero]))
    return AnalogyResult(
      picture: picture, painted: painted, recipe: recipe,
      coefficients: encoded.mix?.coefficients.mapValues { $0.array(of: Float.self) } ?? [:])
  }
}
