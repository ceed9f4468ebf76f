import LoRWeBModels
import LoRWeBTorch

extension FluxTransformer {
  /// The velocity [B, L, C] that the model predicts for a batch's noisy target, in the model's type.
  ///
  /// - Parameters:
  ///   - guidance: what the model is told, a number a sample [B].
  ///   - run: who walks the blocks.
  func velocity(
    _ batch: TrainingBatch, _ draw: NoiseDraw, guidance: Tensor, run: @escaping BlockRunner = runPlainly
  ) -> Tensor {
    let groups = batch.groups(noisy: draw.noisy(batch.target), dtype: dtype)
    let modulations = modulations(
      timesteps: draw.sigmas.unsqueezed(1), guidance: guidance, pooled: batch.pooled.to(dtype))
    let rotary = rotary(textLength: batch.text.size(1), groups: groups)
    return self(groups, text: batch.text.to(dtype), modulation: modulations, rotary: rotary, run: run)
      .first ?? .zeros(batch.target.shape)
  }

  /// The same with one guidance for all samples.
  func velocity(
    _ batch: TrainingBatch, _ draw: NoiseDraw, guidance: Double, run: @escaping BlockRunner = runPlainly
  ) -> Tensor {
    velocity(batch, draw, guidance: .full([batch.count], guidance, device: batch.target.device), run: run)
  }
}
