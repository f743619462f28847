

encoding
json/plain—{"baggage":"client_id=dept-a,pipeline_id=text-embedding","traceparent":"00-bda0e0899dce1e77e51cf62dd2787bcd-fe3f5d580566b2e8-01","tracestate":"rojo=1"}