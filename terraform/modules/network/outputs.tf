output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "private_subnet_ids" {
  description = "Subnets of brokers, edges and dispatchers, one in each zone."
  value       = [for zone in var.zones : aws_subnet.private[zone].id]
}

output "public_subnet_ids" {
  description = "Subnets of the load balancer, one in each zone."
  value       = [for zone in var.zones : aws_subnet.public[zone].id]
  # Whoever is public needs the way out first.
  depends_on = [aws_route.public, aws_route_table_association.public]
}

output "public_cidrs" {
  description = "Where the load balancer's connections to edges come from."
  value       = local.public_cidrs
}

output "security_group_ids" {
  description = "Security groups by whose they are: balancer, edge, instances, dispatcher, kafka, endpoints, and operator if there is one."
  value = merge({
    balancer   = aws_security_group.balancer.id
    edge       = aws_security_group.edge.id
    instances  = aws_security_group.instances.id
    dispatcher = aws_security_group.dispatcher.id
    kafka      = aws_security_group.kafka.id
    endpoints  = aws_security_group.endpoints.id
  }, var.operator ? { operator = aws_security_group.operator[0].id } : {})
}

output "addresses" {
  description = "Addresses that the smallest private range has for brokers, edges and tasks: without AWS's own five, and one for each endpoint."
  value       = min([for cidr in local.private_cidrs : try(pow(2, 32 - tonumber(split("/", cidr)[1])), 0) - 5 - length(local.interface_endpoints)]...)
}
