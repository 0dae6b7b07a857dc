//! Dominators of a graph: for each node the nearest other one that lies on all ways to it.
//! Knows nothing of what the nodes are.
//!
//! The algorithm is that of Lengauer and Tarjan ("A Fast Algorithm for Finding Dominators in a
//! Flowgraph", 1979) with path compression. Its time is bounded by the number of edges and the
//! logarithm of the number of nodes, whatever the graph, and nothing in it recurs.

/// The dominators of the nodes that can be reached from node 0.
pub(super) struct Dominators {
    /// These nodes, without node 0. Each comes after its immediate dominator.
    pub order: Vec<u32>,
    /// The immediate dominator of each node; `None` for node 0, and for nodes that cannot be
    /// reached.
    pub immediate: Vec<Option<u32>>,
}

/// Stands for no node.
const NONE: u32 = u32::MAX;

/// Finds the dominators of a graph whose node 0 is where all ways begin. `successors` are the
/// ends of the edges from each node.
pub(super) fn dominators(successors: &[Vec<u32>]) -> Dominators {
    let Search { nodes, parents, predecessors } = Search::new(successors);
    let count = nodes.len();
    let mut forest = Forest {
        ancestors: vec![NONE; count],
        semi: (0..count as u32).collect(),
        labels: (0..count as u32).collect(),
        path: Vec::new(),
    };
    let mut immediate = vec![0; count];
    // Nodes whose semidominator is known, by it.
    let mut buckets: Vec<Vec<u32>> = vec![Vec::new(); count];
    for node in (1..count).rev() {
        for predecessor in &predecessors[node] {
            let best = forest.least(*predecessor);
            forest.semi[node] = forest.semi[node].min(forest.semi[best as usize]);
        }
        buckets[forest.semi[node] as usize].push(node as u32);
        let parent = parents[node];
        forest.ancestors[node] = parent;
        for member in std::mem::take(&mut buckets[parent as usize]) {
            let best = forest.least(member);
            let is_lower = forest.semi[best as usize] < forest.semi[member as usize];
            immediate[member as usize] = if is_lower { best } else { parent };
        }
    }
    for node in 1..count {
        if immediate[node] != forest.semi[node] {
            immediate[node] = immediate[immediate[node] as usize];
        }
    }
    let mut of_nodes = vec![None; successors.len()];
    for (node, dominator) in nodes.iter().zip(&immediate).skip(1) {
        of_nodes[*node as usize] = Some(nodes[*dominator as usize]);
    }
    Dominators { order: nodes.into_iter().skip(1).collect(), immediate: of_nodes }
}

/// The nodes that were reached by a search in depth, with the numbers that they got in it.
struct Search {
    /// The node with each number.
    nodes: Vec<u32>,
    /// By number, the number of the node from which the search came.
    parents: Vec<u32>,
    /// By number, the numbers of the nodes with edges to it.
    predecessors: Vec<Vec<u32>>,
}

impl Search {
    fn new(successors: &[Vec<u32>]) -> Search {
        let mut numbers = vec![NONE; successors.len()];
        let (mut nodes, mut parents) = (Vec::new(), Vec::new());
        // The way to the node that is looked at: each node's number and its edges that are left.
        let mut way = Vec::new();
        let mut enter = |node: u32, parent: u32, way: &mut Vec<_>| {
            if let Some(edges) = successors.get(node as usize)
                && numbers[node as usize] == NONE
            {
                numbers[node as usize] = nodes.len() as u32;
                way.push((nodes.len() as u32, edges.iter()));
                nodes.push(node);
                parents.push(parent);
            }
        };
        enter(0, 0, &mut way);
        while let Some((number, edges)) = way.last_mut() {
            let number = *number;
            match edges.next() {
                Some(next) => enter(*next, number, &mut way),
                None => _ = way.pop(),
            }
        }
        let mut predecessors = vec![Vec::new(); nodes.len()];
        for (number, node) in (0..).zip(&nodes) {
            for next in &successors[*node as usize] {
                predecessors[numbers[*next as usize] as usize].push(number);
            }
        }
        Search { nodes, parents, predecessors }
    }
}

/// The trees of the nodes that have been dealt with, by number.
struct Forest {
    /// An ancestor of each node in its tree; [`NONE`] for a root.
    ancestors: Vec<u32>,
    /// The semidominator of each node, as far as it is known.
    semi: Vec<u32>,
    /// The node with the least semidominator between each node and its `ancestors`.
    labels: Vec<u32>,
    /// Room for the nodes of a way.
    path: Vec<u32>,
}

impl Forest {
    /// Returns the node with the least semidominator on the way from the root of a node's tree
    /// to the node, without the root.
    fn least(&mut self, node: u32) -> u32 {
        let mut at = node;
        loop {
            let ancestor = self.ancestors[at as usize];
            if ancestor == NONE || self.ancestors[ancestor as usize] == NONE {
                break;
            }
            self.path.push(at);
            at = ancestor;
        }
        while let Some(at) = self.path.pop() {
            let (at, ancestor) = (at as usize, self.ancestors[at as usize] as usize);
            let (own, above) = (self.labels[at] as usize, self.labels[ancestor] as usize);
            if self.semi[above] < self.semi[own] {
                self.labels[at] = self.labels[ancestor];
            }
            self.ancestors[at] = self.ancestors[ancestor];
        }
        self.labels[node as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns which nodes can be reached from node 0 without the node `without`.
    fn reached(successors: &[Vec<u32>], without: Option<u32>) -> Vec<bool> {
        let mut reached = vec![false; successors.len()];
        let mut next = vec![0];
        while let Some(node) = next.pop() {
            if Some(node) != without && !std::mem::replace(&mut reached[node as usize], true) {
                next.extend(&successors[node as usize]);
            }
        }
        reached
    }

    /// Returns the nodes that lie on all ways to a node, by leaving out each.
    fn dominators_by_definition(successors: &[Vec<u32>], node: u32) -> Vec<u32> {
        let others = (0..successors.len() as u32).filter(|other| *other != node);
        others.filter(|other| !reached(successors, Some(*other))[node as usize]).collect()
    }

    #[test]
    fn dominators_are_those_of_the_definition() {
        let mut random = 1_u32;
        let mut below = |limit: u32| {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (random >> 16) % limit
        };
        for _ in 0..500 {
            let nodes = 2 + below(12);
            let mut successors = vec![Vec::new(); nodes as usize];
            for _ in 0..below(3 * nodes) {
                successors[below(nodes) as usize].push(below(nodes));
            }
            let found = dominators(&successors);
            let reached = reached(&successors, None);
            let mut seen = vec![0];
            for node in &found.order {
                let mut ours = Vec::new();
                let mut at = *node;
                while let Some(dominator) = found.immediate[at as usize] {
                    ours.push(dominator);
                    at = dominator;
                }
                assert!(seen.contains(&ours[0]), "{successors:?}");
                seen.push(*node);
                ours.sort_unstable();
                assert_eq!(ours, dominators_by_definition(&successors, *node), "{successors:?}");
            }
            assert_eq!(seen.len(), reached.iter().filter(|reached| **reached).count());
        }
    }

    #[test]
    fn long_ways_are_no_deep_recursion() {
        const LENGTH: u32 = 300_000;
        // Each node leads to the next one, and the last ones back to all.
        let mut successors: Vec<Vec<u32>> = (1..=LENGTH).map(|next| vec![next]).collect();
        successors.push((0..LENGTH).rev().collect());
        let found = dominators(&successors);
        assert_eq!(found.immediate[LENGTH as usize], Some(LENGTH - 1));
        assert_eq!(found.immediate[1], Some(0));
    }
}
