place=$(docker inspect lr-window --format '{{range .Config.Env}}{{println .}}{{end}}' | sed -n 's/^TILL_PLACE=//p')
shelf=$(docker inspect lr-window --format '{{range .Mounts}}{{if eq .Name "lr-window-paper"}}{{.Destination}}{{end}}{{end}}')
policy=$(docker inspect lr-window --format '{{.HostConfig.RestartPolicy.Name}}')
address=$(docker inspect lr-window --format '{{(index .NetworkSettings.Networks "lr-yard").IPAddress}}')
labrunner answer inspect "$place $shelf $policy $address"
