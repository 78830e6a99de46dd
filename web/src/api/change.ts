/** A change that somebody makes on a screen: what it touched is read anew, and that it happened is said. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "@/ui";

interface Change<A, R> {
  act: (wish: A) => Promise<R>;
  /** The nouns whose queries it made old. */
  touches: readonly string[];
  /** What is said afterwards; nothing where the screen shows it anyway. */
  said?: (result: R, wish: A) => string;
  onDone?: (result: R) => void;
}

export function useChange<A = void, R = unknown>({ act, touches, said, onDone }: Change<A, R>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async (result, wish) => {
      if (said !== undefined) toast({ message: said(result, wish) });
      onDone?.(result);
      await Promise.all(touches.map((noun) => queries.invalidateQueries({ queryKey: [noun] })));
    },
  });
}
