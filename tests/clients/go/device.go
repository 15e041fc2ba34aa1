// paho for Go as a gateway uses it: batches of native JSON with their own times, QoS 1, many in flight at once.
// Says on stdout what was acknowledged.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

type instant struct {
	Ts     int64              `json:"ts"`
	Values map[string]float64 `json:"values"`
}

func main() {
	count, err := strconv.Atoi(os.Args[3])
	if err != nil {
		panic(err)
	}
	options := mqtt.NewClientOptions().AddBroker("tcp://" + os.Args[1] + ":" + os.Args[2]).SetClientID("paho-go")
	client := mqtt.NewClient(options)
	if token := client.Connect(); token.Wait() && token.Error() != nil {
		panic(token.Error())
	}
	begin := time.Now().Add(-time.Minute).UnixMilli()
	type pending struct {
		token mqtt.Token
		said  []instant
	}
	var sent []pending
	for first := 0; first < count; first += 10 {
		var said []instant
		for number := first; number < first+10 && number < count; number++ {
			values := map[string]float64{"vibration_mm_s": math.Sqrt(float64(number)), "温度": float64(number) / 7}
			said = append(said, instant{Ts: begin + int64(number)*10, Values: values})
		}
		body, err := json.Marshal(said)
		if err != nil {
			panic(err)
		}
		sent = append(sent, pending{client.Publish("assetloop/v1/demo/go/telemetry", 1, false, body), said})
	}
	for _, one := range sent {
		if one.token.Wait() && one.token.Error() != nil {
			panic(one.token.Error())
		}
		for _, at := range one.said {
			for signal, value := range at.Values {
				line, _ := json.Marshal(map[string]any{"asset": "go", "signal": signal, "ts": at.Ts, "value": value})
				fmt.Println(string(line))
			}
		}
	}
	client.Disconnect(250)
}
