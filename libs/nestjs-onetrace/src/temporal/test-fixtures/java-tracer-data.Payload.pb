

encoding
json/plain—{"tracestate":"rojo=1","baggage":"client_id=dept-a,pipeline_id=text-embedding","traceparent":"00-4af7651916cd43dd8448eb211c803101-3bc5a6b0962d6367-01"}