"""Writes a tiny Llama (configuration and tokenizer) to a folder; vLLM makes up its weights with --load-format dummy."""

import json
import os
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)


def write(name, content):
    with open(os.path.join(folder, name), "w") as file:
        json.dump(content, file)


tokenizer = Tokenizer(models.BPE(unk_token=None))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    ["the quick brown fox jumps over the lazy dog. hello world! what is a trace and a span?"] * 4,
    trainers.BpeTrainer(
        vocab_size=512,
        special_tokens=["<s>", "</s>", "<pad>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    ),
)
tokenizer.save(os.path.join(folder, "tokenizer.json"))

template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
write(
    "tokenizer_config.json",
    {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": "<s>",
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "model_max_length": 512,
        "chat_template": template,
    },
)
special = {"bos_token_id": 0, "eos_token_id": 1, "pad_token_id": 2}
write("generation_config.json", special)
write(
    "config.json",
    {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": 128,
        "intermediate_size": 256,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 4,
        "head_dim": 32,
        # Padded to a multiple of 64, as the kernels want it.
        "vocab_size": (tokenizer.get_vocab_size() + 63) // 64 * 64,
        "max_position_embeddings": 512,
        "rms_norm_eps": 1e-5,
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "rope_theta": 10000.0,
        "torch_dtype": "bfloat16",
        **special,
    },
)
