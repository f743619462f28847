"""Models of the tests, for MLServer."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Add(MLModel):
    """OUTPUT0 = INPUT0 + INPUT1"""

    async def load(self) -> bool:
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        left, right = (NumpyCodec.decode_input(tensor) for tensor in payload.inputs[:2])
        outputs = [NumpyCodec.encode_output("OUTPUT0", left + right)]
        return InferenceResponse(model_name=self.name, id=payload.id, outputs=outputs)


class Text(MLModel):
    """text_output repeats text_input"""

    async def load(self) -> bool:
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        text = StringCodec.decode_input(payload.inputs[0])[0]
        outputs = [StringCodec.encode_output("text_output", ["echo: " + text])]
        return InferenceResponse(model_name=self.name, id=payload.id, outputs=outputs)


class Fail(MLModel):
    """Fails every request."""

    async def load(self) -> bool:
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        raise RuntimeError("the model failed")
