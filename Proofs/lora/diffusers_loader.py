"""diffusers' own LoRA loader on FLUX transformers of any size.

Its converters have FLUX's sizes written into them (19 and 38 blocks, 3072 and 12288 rows). `load` runs their source with these
numbers replaced, nothing else, and only where a transformer has others.
"""
import inspect
import types

import torch
from diffusers import FluxKontextPipeline
from diffusers.loaders import lora_conversion_utils as conversion
from diffusers.loaders import lora_pipeline

CONVERTERS = ["_convert_kohya_flux_lora_to_diffusers", "_convert_bfl_flux_control_lora_to_diffusers",
              "_convert_fal_kontext_lora_to_diffusers"]


def resized(name, config):
    width = config.num_attention_heads * config.attention_head_dim
    numbers = [("range(19)", f"range({config.num_layers})"), ("range(38)", f"range({config.num_single_layers})"),
               ("num_layers = 19", f"num_layers = {config.num_layers}"),
               ("num_single_layers = 38", f"num_single_layers = {config.num_single_layers}"),
               ("inner_dim = 3072", f"inner_dim = {width}"),
               ("[3072, 3072, 3072, 12288]", f"[{width}, {width}, {width}, {4 * width}]")]
    source = inspect.getsource(getattr(conversion, name))
    assert any(old in source for old, _ in numbers), name
    for old, new in numbers:
        source = source.replace(old, new)
    scope = dict(vars(conversion))
    exec(source, scope)
    function = scope[name]
    assert isinstance(function, types.FunctionType)
    return function


def load(transformer, file_or_tensors, adapter="x"):
    """Loads a LoRA as Kontext's pipeline does."""
    for name in CONVERTERS:
        setattr(lora_pipeline, name, resized(name, transformer.config))
    pipe = FluxKontextPipeline(scheduler=None, vae=None, text_encoder=None, tokenizer=None, text_encoder_2=None, tokenizer_2=None,
                               transformer=transformer)
    pipe.load_lora_weights(file_or_tensors, adapter_name=adapter)
    return pipe


def deltas(transformer, adapter="x"):
    """By path, what the loaded LoRA adds to each linear's weights."""
    return {name: module.get_delta_weight(adapter).detach().float() for name, module in transformer.named_modules()
            if hasattr(module, "get_delta_weight") and adapter in module.lora_A}


def unload(pipe):
    pipe.unload_lora_weights()
