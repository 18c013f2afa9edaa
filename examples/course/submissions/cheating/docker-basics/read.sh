labrunner answer read b5c45cb4-221e9889
